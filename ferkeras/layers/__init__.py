"""Keras layers of the papers, written with `keras.ops` only."""

from ferkeras.layers.affine_warp import AffineWarp, sample_bilinear
from ferkeras.layers.branch_fusion import BranchFusion
from ferkeras.layers.input_channels import CHANNELS, InputChannels
from ferkeras.layers.local_response_normalization import (
    LocalResponseNormalization,
)
from ferkeras.layers.pixel_shuffle import PixelShuffle
from ferkeras.layers.spatial_transformer import SpatialTransformer

__all__ = [
    "CHANNELS",
    "AffineWarp",
    "BranchFusion",
    "InputChannels",
    "LocalResponseNormalization",
    "PixelShuffle",
    "SpatialTransformer",
    "sample_bilinear",
]
