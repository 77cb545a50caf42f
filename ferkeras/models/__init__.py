"""Networks: functions from shapes to functional Keras models."""

from ferkeras.models.alexnet import alexnet
from ferkeras.models.alexnet48 import alexnet48
from ferkeras.models.compact_bottleneck import compact_bottleneck
from ferkeras.models.deep_emotion import deep_emotion
from ferkeras.models.dexpression import dexpression
from ferkeras.models.edsr import edsr
from ferkeras.models.mini_xception import mini_xception
from ferkeras.models.parallel_streams import parallel_streams
from ferkeras.models.plain_cnn import plain_cnn
from ferkeras.models.pyramid_sr import pyramid_sr
from ferkeras.models.residual_network import residual_network
from ferkeras.models.sequential_cnn import sequential_cnn
from ferkeras.models.sparse_autoencoder import (
    sparse_autoencoder,
    sparse_classifier,
)
from ferkeras.models.super_resolution import super_resolution
from ferkeras.models.vgg13 import vgg13
from ferkeras.models.vgg16_bn import vgg16_bn

__all__ = [
    "alexnet",
    "alexnet48",
    "compact_bottleneck",
    "deep_emotion",
    "dexpression",
    "edsr",
    "mini_xception",
    "parallel_streams",
    "plain_cnn",
    "pyramid_sr",
    "residual_network",
    "sequential_cnn",
    "sparse_autoencoder",
    "sparse_classifier",
    "super_resolution",
    "vgg13",
    "vgg16_bn",
]
