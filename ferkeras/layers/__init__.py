"""Keras layers of the papers, written with `keras.ops` only."""

from ferkeras.layers.affine_warp import AffineWarp, sample_bilinear
from ferkeras.layers.input_channels import CHANNELS, InputChannels
from ferkeras.layers.local_response_normalization import (
    LocalResponseNormalization,
)
from ferkeras.layers.spatial_transformer import SpatialTransformer

__all__ = [
    "CHANNELS",
    "AffineWarp",
    "InputChannels",
    "LocalResponseNormalization",
    "SpatialTransformer",
    "sample_bilinear",
]
