"""Images that stay on the device, under TensorFlow.

`tf.data` runs on the processor; what it sends a step are then places of
images, and the compiled step looks the images up.
"""

import keras
import numpy as np
from keras import layers

MOST = 2**31  # bytes; a tensor of more is no longer one by the book


class Lookup(layers.Layer):
    """Places to the images there.

    Args:
        images: uint8 `(count, height, width, colours)`.

    Input shape: int32 `(batch,)`.
    Output shape: uint8 `(batch, height, width, colours)`.
    """

    def __init__(self, images, **kwargs):
        super().__init__(**{**kwargs, "dtype": "uint8"})
        import tensorflow as tf

        self.images = tf.constant(images)

    def call(self, places):
        import tensorflow as tf

        return tf.gather(self.images, places)


def can_reside(setup):
    """Whether the images of a phase are small enough for a card.

    Args:
        setup: `ferkeras.train.Setup`.
    """
    sets = [setup.faces, *setup.selections.values()]
    in_memory = all(isinstance(faces.images, np.ndarray) for faces in sets)
    bytes_of_all = sum(np.prod(faces.images.shape) for faces in sets)
    # Of other tasks the images are the targets too.
    return in_memory and setup.task.classifies and bytes_of_all < MOST


def reside(setup):
    """A model that has a phase's images, and the places of each set in it.

    Args:
        setup: `ferkeras.train.Setup`.

    Returns:
        keras.Model of `{"image": places, "transform"}`, with the variables of
        `Networks.training`; int32 `(count,)` places of the training images;
        and a dict of those of the images that choose, by fingerprint.
    """
    sets = [setup.faces, *setup.selections.values()]
    ends = np.cumsum([len(faces.labels) for faces in sets])
    everything = np.arange(ends[-1], dtype=np.int32)
    places, *others = np.split(everything, ends[:-1])
    images = np.concatenate([faces.images for faces in sets])
    training = setup.networks.training
    width = training.input["transform"].shape[1:]
    inputs = {
        "image": keras.Input((), dtype="int32", name="image"),
        "transform": keras.Input(width, name="transform"),
    }
    shown = inputs | {"image": Lookup(images)(inputs["image"])}
    model = keras.Model(inputs, training(shown))
    return model, places, dict(zip(setup.selections, others, strict=True))
