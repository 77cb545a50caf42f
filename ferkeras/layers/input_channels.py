"""Fixed edge filters that turn a grey image into input channels."""

import keras
from keras import layers, ops

SMOOTH = (1.0, 2.0, 1.0)
DIFFERENCE = (-1.0, 0.0, 1.0)

# 3x3 correlation kernels, rows first, as cv2.Sobel and cv2.Laplacian with ksize
# 3; `laplacian_4` as cv2.Laplacian with ksize 1, its default.
KERNELS = {
    "sobel_x": [[a * b for b in DIFFERENCE] for a in SMOOTH],
    "sobel_y": [[a * b for b in SMOOTH] for a in DIFFERENCE],
    "laplacian": [[2.0, 0.0, 2.0], [0.0, -8.0, 0.0], [2.0, 0.0, 2.0]],
    "laplacian_4": [[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]],
}
COLOURS = ("red", "green", "blue")
CHANNELS = ("grey", *KERNELS, "gradient_magnitude", *COLOURS)


def correlate(padded, kernel):
    """Valid 3x3 correlation of `(batch, height + 2, width + 2, 1)` images.

    A sum of shifted images rather than a convolution: XLA fuses it, and no
    device rounds it to TF32 or bfloat16.
    """
    height, width = padded.shape[1] - 2, padded.shape[2] - 2
    return sum(
        weight * padded[:, row : row + height, column : column + width]
        for row, weights in enumerate(kernel)
        for column, weight in enumerate(weights)
        if weight
    )


@keras.saving.register_keras_serializable(package="ferkeras")
class InputChannels(layers.Layer):
    """Stack a grey image and its 3x3 derivatives, or its colours, as channels.

    `y[..., k]` is the image itself (`grey`), its correlation with
    `KERNELS[channels[k]]`, `sqrt(sobel_x^2 + sobel_y^2)`
    (`gradient_magnitude`), or one of `COLOURS`, which in a grey image are all
    alike; the border is mirrored without repeating the edge
    pixel (OpenCV's `BORDER_REFLECT_101`). Values are signed and unscaled: for
    pixels in 0-255, Sobel channels lie in -1020 to 1020, `laplacian` in
    -2040 to 2040, `laplacian_4` in -1020 to 1020. Always float32, whatever the
    dtype policy.

    Args:
        channels: sequence of names from `CHANNELS`, in output order.

    Input shape: `(batch, height, width, 1)`, or 3 colours if `channels` are
        of `COLOURS` only; any numeric dtype.
    Output shape: `(batch, height, width, len(channels))`, float32.

    Raises:
        ValueError: for an empty sequence or a name not in `CHANNELS`, and for
            channels other than colours of a colour image.

    Reference: Pandey et al., 2019, section 3.
    """

    def __init__(self, channels, **kwargs):
        unknown = [name for name in channels if name not in CHANNELS]
        if unknown or not channels:
            raise ValueError(
                f"`channels` takes one or more of {', '.join(CHANNELS)}. "
                f"Received: channels={channels!r}"
            )
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.channels = tuple(channels)

    def build(self, input_shape):
        if input_shape[-1] != 1 and {*self.channels} - {*COLOURS}:
            raise ValueError(
                f"Of a colour image, `channels` takes {', '.join(COLOURS)}. "
                f"Received: channels={self.channels!r}"
            )

    def call(self, images):
        images = ops.cast(images, "float32")
        padded = ops.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)), "reflect")
        return ops.concatenate(
            [self._channel(name, images, padded) for name in self.channels], -1
        )

    def _channel(self, name, images, padded):
        if name == "grey":
            return images
        if name in COLOURS:
            colour = COLOURS.index(name) % images.shape[-1]
            return images[..., colour : colour + 1]
        if name == "gradient_magnitude":
            x = correlate(padded, KERNELS["sobel_x"])
            y = correlate(padded, KERNELS["sobel_y"])
            # The constant keeps the slope finite where the image is flat.
            return ops.sqrt(ops.square(x) + ops.square(y) + 1e-12)
        return correlate(padded, KERNELS[name])

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], len(self.channels))

    def get_config(self):
        return {**super().get_config(), "channels": list(self.channels)}
