"""Class probabilities of a trained network."""

import keras
import numpy as np


def predict(network, images, batch_size=256):
    """Class probabilities of images, in their order.

    Args:
        network: keras.Model from uint8 images to logits.
        images: uint8 `(count, size, size, 1)`.
        batch_size: images at a time.

    Returns:
        float32 `(count, classes)`; each row sums to one.
    """
    logits = network.predict(images, batch_size=batch_size, verbose=0)
    return keras.ops.convert_to_numpy(keras.ops.softmax(np.float32(logits)))
