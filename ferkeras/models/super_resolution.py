"""A super-resolution network as what it is trained as: small to large."""

import keras
from keras import layers

from ferkeras.models.edsr import edsr


def super_resolution(
    input_shape, *, scale=2, offset=0.0, factor=1.0, name="super_resolution"
):
    """Make an image smaller by block means, and EDSR enlarge it again.

    That is what `pyramid_sr` asks of its EDSR, whose layers have the same
    names here, `edsr_x2_head` and so on. 1,369,859 parameters for 3 channels.

    Args:
        input_shape: `(height, width, channels)`, sides in pixels, multiples of
            `scale`; channels in the range that `pyramid_sr` will have.
        scale: factor of both sides, a power of two.
        offset: number, or one a channel, that the channels' mean stands for.
        factor: number, or one a channel, that a unit of the channels stands
            for, so that `factor * channels + offset` are pixels in 0 to 1.
        name: name of the model.

    Returns:
        A keras.Model from images to float32 images in 0 to 1, both `(batch,
        height, width, channels)`.

    Reference: Lim et al., CVPR Workshops 2017, who shrink by bicubic
    interpolation.
    """
    inputs = keras.Input(input_shape)
    small = layers.AveragePooling2D(scale, name="mean_pool")(inputs)
    x = edsr(small.shape[1:], scale, name=f"edsr_x{scale}")(small)
    pixels = layers.Rescaling(factor, offset, dtype="float32", name="pixels")
    return keras.Model(inputs, pixels(x), name=name)
