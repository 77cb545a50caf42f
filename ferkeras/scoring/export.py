"""A trained network -> files that take pixels and give named probabilities."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import keras
from keras import layers

# Imported so that Keras knows their layers when it opens a model.
import ferkeras.layers  # noqa: F401
from ferkeras.data import has_tensorflow
from ferkeras.scoring.saved_model import open_saved_model, saved_model


@keras.saving.register_keras_serializable(package="ferkeras")
class ClassProbabilities(layers.Softmax):
    """Softmax that carries the classes' names.

    Args:
        class_names: names in label order.

    Input shape: `(batch, classes)` logits.
    Output shape: the same; probabilities.
    """

    def __init__(self, class_names: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.class_names = list(class_names)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "class_names": self.class_names}


def classifier(scoring: keras.Model, class_names: Sequence[str]) -> keras.Model:
    """Model from uint8 images to class probabilities.

    Args:
        scoring: keras.Model from uint8 `(batch, size, size, colours)` to
            logits.
        class_names: names in label order.

    Returns:
        A keras.Model whose layer `probabilities` holds the names.
    """
    name_them = ClassProbabilities(class_names, name="probabilities")
    return keras.Model(scoring.input, name_them(scoring.output))


def export(
    scoring: keras.Model,
    folder: Path,
    class_names: Sequence[str] | None = None,
) -> None:
    """Write `model.keras` and, where TensorFlow is installed, `saved_model/`.

    The SavedModel has the endpoint `serve`, uint8 images `(batch, size, size,
    colours)` to probabilities `(batch, classes)` and, beside it,
    `class_names`, no argument to a string tensor `(classes,)`. Without
    `class_names`, `serve` gives what the model does, such as images.

    Args:
        scoring: keras.Model from uint8 images to logits, or anything else.
        folder: `pathlib.Path` to write into.
        class_names: names in label order, of a model of logits.
    """
    model = classifier(scoring, class_names) if class_names else scoring
    # Whole or not at all: other rows start from what is there.
    partial = folder / "partial.keras"
    model.save(partial)
    os.replace(partial, folder / "model.keras")
    if has_tensorflow():
        saved_model(model, folder / "saved_model", class_names)


def open_model(path: Path) -> keras.Model:
    """Open what `export` or `half_precision` wrote of a classifier.

    Args:
        path: a `.keras` file, or a SavedModel's folder, which needs TensorFlow
            as the backend.

    Returns:
        keras.Model from uint8 images to class probabilities, whose attribute
        `class_names` has their names in label order, a tuple of str.

    Raises:
        FileNotFoundError: where there is nothing.
        ValueError: for a model that does not name its classes, and for a file
            that is damaged or no model.
    """
    if not path.exists():
        raise FileNotFoundError(f"There is no {path}.")
    if path.is_dir():
        model, names = open_saved_model(path)
    else:
        try:
            model = keras.saving.load_model(path)
        except (OSError, ValueError, TypeError, KeyError, BadZipFile) as error:
            raise ValueError(
                f"{path} cannot be opened: it is cut short, damaged, no Keras "
                "model, or has layers that ferkeras does not."
            ) from error
        last = model.layers[-1]
        names = getattr(last, "class_names", [])
    if not names:
        raise ValueError(
            f"{path} does not name its classes. Give a classifier that a run "
            "or `ferkeras export` wrote."
        )
    model.class_names = tuple(names)
    return model
