"""Enlarging an image by what its channels hold."""

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="ferkeras")
class PixelShuffle(layers.Layer):
    """Lay groups of channels out as squares of pixels.

    `y[h * r + i, w * r + j, c] = x[h, w, c * r * r + i * r + j]` for scale `r`,
    the order of PyTorch's `PixelShuffle`; `tf.nn.depth_to_space` reads
    `x[h, w, (i * r + j) * channels + c]` there.

    Args:
        scale: factor of height and of width.

    Input shape: `(batch, height, width, channels * scale ** 2)`.
    Output shape: `(batch, height * scale, width * scale, channels)`.

    Raises:
        ValueError: for channels that are no multiple of `scale ** 2`.

    Reference: Shi et al., CVPR 2016, Eq. 4.
    """

    def __init__(self, scale, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale

    def build(self, input_shape):
        if input_shape[-1] % self.scale**2:
            raise ValueError(
                f"Channels must be a multiple of {self.scale**2}, the square "
                f"of the scale. Received: {input_shape[-1]} channels"
            )

    def call(self, inputs):
        _, height, width, depth = ops.shape(inputs)
        r = self.scale
        channels = depth // r**2
        x = ops.reshape(inputs, (-1, height, width, channels, r, r))
        x = ops.transpose(x, (0, 1, 4, 2, 5, 3))
        return ops.reshape(x, (-1, height * r, width * r, channels))

    def compute_output_shape(self, input_shape):
        batch, *sides, depth = input_shape
        sides = (side and side * self.scale for side in sides)
        return (batch, *sides, depth // self.scale**2)

    def get_config(self):
        return {**super().get_config(), "scale": self.scale}
