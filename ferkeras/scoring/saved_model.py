"""TensorFlow's SavedModel of a trained network, written and opened."""

from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np


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
