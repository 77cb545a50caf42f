"""Losses of the papers, written with `keras.ops` only."""

from ferkeras.losses.prior_label_smoothing import (
    PriorLabelSmoothing,
    uniform_prior,
)

__all__ = ["PriorLabelSmoothing", "uniform_prior"]
