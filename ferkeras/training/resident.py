"""Images that stay on the device.

Under TensorFlow `tf.data` runs on the processor; what it sends a step are then
places of images, and the compiled step looks the images up.
"""

import keras
import numpy as np
from keras import layers

from ferkeras.training.sharing import everywhere

MOST = 2**31  # bytes; a tensor of more is no longer one by the book
PIECE = 4096  # images that are read at a time


def on_device(arrays):
    """Put arrays on the device, or all that share batches, under JAX.

    Args:
        arrays: tuple of NumPy arrays, or of `OnDisk`, which is never in memory
            as a whole.

    Returns:
        A tuple of `jax.Array`.
    """
    import jax

    def pieces(array):
        return [
            jax.device_put(array[start : start + PIECE], everywhere())
            for start in range(0, len(array), PIECE)
        ]

    return tuple(jax.numpy.concatenate(pieces(array)) for array in arrays)


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
        setup: `ferkeras.training.train.Setup`.
    """
    sets = [setup.faces, *setup.selections.values()]
    bytes_of_all = sum(faces.images.nbytes for faces in sets)
    # Of other tasks the images are the targets too.
    return setup.task.classifies and bytes_of_all < MOST


def reside(setup):
    """A model that has a phase's images, and the places of each set in it.

    Args:
        setup: `ferkeras.training.train.Setup`.

    Returns:
        keras.Model of `{"image": places, "transform"}`, with the variables of
        `Networks.training`; int32 `(count,)` places of the training images;
        and a dict of those of the images that choose, by fingerprint.
    """
    sets = [setup.faces, *setup.selections.values()]
    ends = np.cumsum([len(faces.labels) for faces in sets])
    everything = np.arange(ends[-1], dtype=np.int32)
    places, *others = np.split(everything, ends[:-1])
    images = np.concatenate([faces.images[:] for faces in sets])
    training = setup.networks.training
    width = training.input["transform"].shape[1:]
    inputs = {
        "image": keras.Input((), dtype="int32", name="image"),
        "transform": keras.Input(width, name="transform"),
    }
    shown = inputs | {"image": Lookup(images)(inputs["image"])}
    model = keras.Model(inputs, training(shown))
    return model, places, dict(zip(setup.selections, others, strict=True))
