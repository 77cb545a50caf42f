"""A trained network -> files that take pixels and give named probabilities."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
from keras import layers

from ferkeras.data import has_tensorflow
from ferkeras.files import open_whole


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
    """Model from uint8 grey images to class probabilities.

    Args:
        scoring: keras.Model from uint8 `(batch, size, size, 1)` to logits.
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
    model.save(folder / "model.keras")
    if has_tensorflow():
        saved_model(model, folder / "saved_model", class_names)


def half_precision(network: keras.Model, target: Path) -> None:
    """Write a network's weights, floats in half precision.

    `keras.Model.load_weights` reads them.

    Args:
        network: keras.Model.
        target: `.weights.h5` file to write, whole or not at all.

    Raises:
        ValueError: where a weight is over 65,504, the largest half float.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        open_whole(target) as file,
        h5py.File(file, "w") as half,
    ):
        path = f"{folder}/full.weights.h5"
        network.save_weights(path)

        def copy(name: str, item: h5py.Group | h5py.Dataset) -> None:
            if isinstance(item, h5py.Group):
                there = half.require_group(name)
            else:
                values = item[()]
                if np.issubdtype(values.dtype, np.floating):
                    values = values.astype("float16")
                    if not np.isfinite(values).all():
                        raise ValueError(
                            f"{name} of {network.name} is too large for half "
                            "precision."
                        )
                there = half.create_dataset(name, data=values)
            there.attrs.update(item.attrs)

        with h5py.File(path) as full:
            half.attrs.update(full.attrs)
            full.visititems(copy)


def saved_model(
    model: keras.Model, path: Path, class_names: Sequence[str] | None = None
) -> None:
    """Write a SavedModel, with its classes' names if it has any."""
    import tensorflow as tf

    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint(
        "serve",
        model.call,
        input_signature=[
            keras.InputSpec(shape=model.input.shape, dtype="uint8")
        ],
    )
    if class_names:
        # Traced beforehand: under JAX, Keras would trace it for JAX.
        names = tf.function(
            lambda: tf.constant(list(class_names)), input_signature=[]
        )
        names.get_concrete_function()
        archive.add_endpoint("class_names", names)
    archive.write_out(str(path), verbose=False)
