"""Keras layers of the papers, written with `keras.ops` only."""

from ferkeras.layers.affine_warp import AffineWarp, sample_bilinear
from ferkeras.layers.input_channels import CHANNELS, InputChannels

__all__ = ["CHANNELS", "AffineWarp", "InputChannels", "sample_bilinear"]
