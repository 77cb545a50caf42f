"""A trained network -> files that take pixels and give named probabilities."""

import keras
from keras import layers

from ferkeras.data import has_tensorflow


@keras.saving.register_keras_serializable(package="ferkeras")
class ClassProbabilities(layers.Softmax):
    """Softmax that carries the classes' names.

    Args:
        class_names: names in label order.

    Input shape: `(batch, classes)` logits.
    Output shape: the same; probabilities.
    """

    def __init__(self, class_names, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.class_names = list(class_names)

    def get_config(self):
        return {**super().get_config(), "class_names": self.class_names}


def classifier(scoring, class_names):
    """Model from uint8 grey images to class probabilities.

    Args:
        scoring: keras.Model from uint8 `(batch, size, size, 1)` to logits.
        class_names: names in label order.

    Returns:
        A keras.Model whose layer `probabilities` holds the names.
    """
    name_them = ClassProbabilities(class_names, name="probabilities")
    return keras.Model(scoring.input, name_them(scoring.output))


def export(scoring, class_names, folder):
    """Write `model.keras` and, where TensorFlow is installed, `saved_model/`.

    The SavedModel has two endpoints: `serve`, uint8 images `(batch, size, size,
    1)` to probabilities `(batch, classes)`, and `class_names`, no argument to
    a string tensor `(classes,)`.

    Args:
        scoring: keras.Model from uint8 images to logits.
        class_names: names in label order.
        folder: `pathlib.Path` to write into.
    """
    model = classifier(scoring, class_names)
    model.save(folder / "model.keras")
    if has_tensorflow():
        saved_model(model, folder / "saved_model")


def saved_model(model, path):
    """Write a SavedModel of what `classifier` returned, on any backend."""
    import tensorflow as tf

    names = model.get_layer("probabilities").class_names
    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint(
        "serve",
        model.call,
        input_signature=[
            keras.InputSpec(shape=model.input.shape, dtype="uint8")
        ],
    )
    # Traced beforehand: under JAX, Keras would trace it as a JAX function.
    class_names = tf.function(lambda: tf.constant(names), input_signature=[])
    class_names.get_concrete_function()
    archive.add_endpoint("class_names", class_names)
    archive.write_out(str(path), verbose=False)
