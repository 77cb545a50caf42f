"""Derivatives brought to the range of pixels."""

import keras
from keras import layers, ops

MAPPINGS = ("absolute", "minmax", "offset", "clip")
NAMES = ("grey", "sobel_x", "sobel_y")


@keras.saving.register_keras_serializable(package="ferkeras")
class PixelRange(layers.Layer):
    """Bring Sobel channels to 0-255, where grey ones are already.

    For a derivative `g`, `mapping` is

    - `"absolute"`: `min(|g|, 255)`, which is OpenCV's `convertScaleAbs` but for
      its rounding;
    - `"minmax"`: `255 (g - min) / (max - min)` over the channel of the image,
      0 where that is flat;
    - `"offset"`: `127.5 + g / 8`, linear and the same for every image. The
      derivatives of pixels lie in -1020 to 1020, so that nothing is clipped;
    - `"clip"`: `min(max(g, 0), 255)`, which is `cv2.Sobel` with bytes for its
      output.

    Grey channels stay as they are. Last, `mean` is subtracted. Always float32.

    Args:
        channels: names of the input's channels, "grey", "sobel_x" or
            "sobel_y", as for `InputChannels`.
        mapping: "absolute", "minmax", "offset" or "clip".
        mean: what is subtracted from each channel, or None. Caffe's for
            ImageNet, whose channels are blue, green and red, is `(104.00699,
            116.66877, 122.67892)`.

    Input shape: `(batch, height, width, len(channels))`, what `InputChannels`
    makes of pixels in 0-255.
    Output shape: that of the input, float32.

    Raises:
        ValueError: for names or a mapping that are not listed here, for
            means that are not as many as `channels`, and for inputs that have
            another number of channels.

    Reference: Falahzadeh et al., 2021, Eq. 3; the paper feeds the derivatives
    to a network for pixels and does not say how.
    """

    def __init__(self, channels, mapping="absolute", mean=None, **kwargs):
        if not channels or not set(channels) <= {*NAMES}:
            raise ValueError(
                f"`channels` takes one or more of {', '.join(NAMES)}. "
                f"Received: channels={channels!r}"
            )
        if mapping not in MAPPINGS:
            raise ValueError(
                f"`mapping` takes one of {', '.join(MAPPINGS)}. "
                f"Received: mapping={mapping!r}"
            )
        if mean is not None and len(mean) != len(channels):
            raise ValueError(
                f"`mean` takes a value for each of the {len(channels)} "
                f"channels. Received: mean={mean!r}"
            )
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.channels, self.mapping, self.mean = tuple(channels), mapping, mean

    def build(self, input_shape):
        if input_shape[-1] != len(self.channels):
            raise ValueError(
                f"Inputs must have the channels {', '.join(self.channels)}. "
                f"Received: {input_shape[-1]} channels"
            )

    def call(self, inputs):
        inputs = ops.cast(inputs, "float32")
        grey = ops.array([name == "grey" for name in self.channels])
        outputs = ops.where(grey, inputs, self._map(inputs))
        return outputs if self.mean is None else outputs - ops.array(self.mean)

    def _map(self, x):
        if self.mapping == "absolute":
            return ops.minimum(ops.abs(x), 255)
        if self.mapping == "clip":
            return ops.clip(x, 0, 255)
        if self.mapping == "offset":
            return 127.5 + x / 8
        low = ops.min(x, axis=(1, 2), keepdims=True)
        high = ops.max(x, axis=(1, 2), keepdims=True)
        return 255 * ops.divide_no_nan(x - low, high - low)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "channels": list(self.channels),
            "mapping": self.mapping,
            "mean": self.mean,
        }
