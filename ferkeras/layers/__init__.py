"""Keras layers of the papers, written with `keras.ops` only."""

from ferkeras.layers.affine_warp import AffineWarp, sample_bilinear
from ferkeras.layers.branch_fusion import BranchFusion
from ferkeras.layers.compiled import Compiled
from ferkeras.layers.input_channels import CHANNELS, COLOURS, InputChannels
from ferkeras.layers.local_response_normalization import (
    LocalResponseNormalization,
)
from ferkeras.layers.photo_warp import PhotoWarp
from ferkeras.layers.pixel_range import PixelRange
from ferkeras.layers.pixel_shuffle import PixelShuffle
from ferkeras.layers.spatial_transformer import SpatialTransformer
from ferkeras.layers.without_eval import (
    BatchNormalizationWithoutEval,
    DropoutWithoutEval,
)

__all__ = [
    "CHANNELS",
    "COLOURS",
    "AffineWarp",
    "BatchNormalizationWithoutEval",
    "BranchFusion",
    "Compiled",
    "DropoutWithoutEval",
    "InputChannels",
    "LocalResponseNormalization",
    "PhotoWarp",
    "PixelRange",
    "PixelShuffle",
    "SpatialTransformer",
    "sample_bilinear",
]
