"""How far a reconstruction is from its image."""

import keras
from keras import ops


def pixel_error(y_true, y_pred):
    """Difference of a reconstruction in 0 to 1 and its image in 0 to 255."""
    return y_pred - ops.cast(y_true, y_pred.dtype) / 255


@keras.saving.register_keras_serializable(package="ferkeras")
class PixelLoss(keras.losses.Loss):
    """Mean over pixels and colours of the squared or absolute error.

    Args:
        power: 2 for the square, 1 for the absolute value.
        **kwargs: `name`, `reduction` and `dtype`, as in `keras.Loss`.

    Call arguments:
        y_true: images, 0 to 255, `(batch, height, width, colours)`; a grey
            image is compared with each colour.
        y_pred: reconstructions, 0 to 1.

    Raises:
        ValueError: for another `power`.
    """

    def __init__(self, power=2, **kwargs):
        if power not in (1, 2):
            raise ValueError(f"power must be 1 or 2. Received: {power}")
        super().__init__(**{"name": "pixel_loss", **kwargs})
        self.power = power

    def call(self, y_true, y_pred):
        error = ops.abs(pixel_error(y_true, y_pred))
        return ops.mean(error**self.power, axis=(1, 2, 3))

    def get_config(self):
        return {**super().get_config(), "power": self.power}


@keras.saving.register_keras_serializable(package="ferkeras")
class PeakSignalToNoise(keras.metrics.Mean):
    """Peak signal to noise ratio of reconstructions, in decibels.

    `-10 log10(mean squared error)`, the error pooled over all pixels of all
    images, for values in 0 to 1. Arguments as in `PixelLoss`.
    """

    def update_state(self, y_true, y_pred, sample_weight=None):
        error = pixel_error(y_true, y_pred)
        super().update_state(ops.square(error), sample_weight)

    def result(self):
        return -10 * ops.log10(ops.maximum(super().result(), 1e-12))
