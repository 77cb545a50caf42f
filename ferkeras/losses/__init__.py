"""Losses of the papers, written with `keras.ops` only."""

from ferkeras.losses.pixel_loss import PeakSignalToNoise, PixelLoss
from ferkeras.losses.prior_label_smoothing import (
    PriorLabelSmoothing,
    uniform_prior,
)

__all__ = [
    "PeakSignalToNoise",
    "PixelLoss",
    "PriorLabelSmoothing",
    "uniform_prior",
]
