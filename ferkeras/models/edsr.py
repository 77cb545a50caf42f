"""EDSR, a super-resolution network."""

import keras
from keras import initializers, layers

from ferkeras.layers import PixelShuffle


def edsr(input_shape, scale=2, filters=64, blocks=16, name="edsr"):
    """Residual blocks without batch normalisation, then pixel shuffling.

    The defaults are the authors' baseline: 1,369,859 parameters for 3
    channels, 1,517,571 at scale 4. It is fully convolutional and neither
    shifts nor scales pixels: use whatever range its weights were trained on.
    The authors' are for 0 to 255 less the mean of their data.

    Layers, and the modules of the authors' code with their weights:
    `<name>_head` (`head.0`), `<name>_block<k>_conv1` and `conv2` (`body.<k -
    1>.body.0` and `.2`), `<name>_body` (`body.<blocks>`), `<name>_upsample1`
    and, at scale 4, 2 (`tail.0.0`, `tail.0.2`), `<name>_tail` (`tail.1`).

    Args:
        input_shape: `(height, width, channels)`, sides in pixels or None.
        scale: factor of both sides, a power of two.
        filters: filters of each convolution.
        blocks: number of residual blocks.
        name: name of the model, and what its layers' names begin with.

    Returns:
        A keras.Model from images to float32 images `(batch, height * scale,
        width * scale, channels)`.

    Raises:
        ValueError: for another `scale`.

    Reference: Lim et al., CVPR Workshops 2017 (sanghyun-son/EDSR-PyTorch,
    `edsr.py`, residual scaling 1, without its mean shift).
    """
    doublings = scale.bit_length() - 1
    if scale < 2 or scale != 2**doublings:
        raise ValueError(f"scale must be a power of two. Received: {scale}")

    def convolution(width, suffix, **kwargs):
        # PyTorch's default: a fresh network hardly leaves its skip connection.
        initializer = initializers.VarianceScaling(1 / 3, "fan_in", "uniform")
        return layers.Conv2D(
            width,
            3,
            padding="same",
            kernel_initializer=initializer,
            name=f"{name}_{suffix}",
            **kwargs,
        )

    inputs = keras.Input(input_shape)
    head = x = convolution(filters, "head")(inputs)
    for index in range(1, blocks + 1):
        block = f"block{index}"
        y = convolution(filters, f"{block}_conv1", activation="relu")(x)
        y = convolution(filters, f"{block}_conv2")(y)
        x = layers.Add(name=f"{name}_{block}_add")([x, y])
    x = convolution(filters, "body")(x)
    x = layers.Add(name=f"{name}_add")([head, x])
    for index in range(1, doublings + 1):
        x = convolution(4 * filters, f"upsample{index}")(x)
        x = PixelShuffle(2, name=f"{name}_shuffle{index}")(x)
    # float32: bfloat16 would leave an image 8 bits of precision.
    tail = convolution(input_shape[-1], "tail", dtype="float32")
    return keras.Model(inputs, tail(x), name=name)
