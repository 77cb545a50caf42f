"""A trained network -> files that take pixels and give named probabilities."""

import io
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
from keras import layers

# Imported so that Keras knows their layers when it opens a model.
import ferkeras.layers  # noqa: F401
from ferkeras.data import has_tensorflow
from ferkeras.files import open_whole

# Where a `.keras` file, which is a zip file, has them.
WEIGHTS = "model.weights.h5"


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


def half_precision(model: keras.Model, target: Path) -> None:
    """Write a model to a `.keras` file, its weights in half precision.

    `keras.saving.load_model` reads it, and has them in full precision again.

    Args:
        model: keras.Model.
        target: `.keras` file to write, whole or not at all.

    Raises:
        ValueError: where a weight is over 65,504, the largest half float.
    """
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "model.keras"
        model.save(full)
        with (
            zipfile.ZipFile(full) as whole,
            open_whole(target) as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as half,
        ):
            for name in whole.namelist():
                content = whole.read(name)
                if name == WEIGHTS:
                    content = halved(content, model.name)
                half.writestr(name, content)


def halved(content: bytes, name: str) -> bytes:
    """A file of weights with its floats in half precision.

    Args:
        content: an HDF5 file.
        name: of the model, for the error.
    """
    target = io.BytesIO()
    with h5py.File(io.BytesIO(content)) as full, h5py.File(target, "w") as half:

        def copy(place: str, item: h5py.Group | h5py.Dataset) -> None:
            if isinstance(item, h5py.Group):
                there = half.require_group(place)
            else:
                values = item[()]
                if np.issubdtype(values.dtype, np.floating):
                    with np.errstate(over="ignore"):  # it is refused below
                        values = values.astype("float16")
                    if not np.isfinite(values).all():
                        raise ValueError(
                            f"{place} of {name} is too large for half "
                            "precision."
                        )
                there = half.create_dataset(place, data=values)
            there.attrs.update(item.attrs)

        half.attrs.update(full.attrs)
        full.visititems(copy)
    return target.getvalue()


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
        ValueError: for a model that does not name its classes.
    """
    if not path.exists():
        raise FileNotFoundError(f"There is no {path}.")
    if path.is_dir():
        model, names = open_saved_model(path)
    else:
        model = keras.saving.load_model(path)
        last = model.layers[-1]
        names = getattr(last, "class_names", [])
    if not names:
        raise ValueError(
            f"{path} does not name its classes. Give a classifier that a run "
            "or `ferkeras export` wrote."
        )
    model.class_names = tuple(names)
    return model


def open_saved_model(path: Path) -> tuple[keras.Model, list[str]]:
    """A SavedModel as a keras.Model, and its classes' names if it has any."""
    if keras.backend.backend() != "tensorflow":
        raise ValueError(
            f"{path} is read under TensorFlow alone. Set "
            "KERAS_BACKEND=tensorflow, or give the .keras file."
        )
    import tensorflow as tf

    loaded = tf.saved_model.load(str(path))
    names = loaded.class_names() if hasattr(loaded, "class_names") else []
    _, inputs = loaded.signatures["serve"].structured_input_signature
    (pixels,) = inputs.values()
    image = keras.Input(pixels.shape[1:], dtype=pixels.dtype.name)
    serve = keras.layers.TFSMLayer(str(path), call_endpoint="serve")
    model = keras.Model(image, serve(image))
    return model, [name.decode() for name in np.asarray(names)]
