"""Networks: functions from shapes to functional Keras models."""

from ferkeras.models.alexnet48 import alexnet48
from ferkeras.models.compact_bottleneck import compact_bottleneck
from ferkeras.models.deep_emotion import deep_emotion
from ferkeras.models.dexpression import dexpression
from ferkeras.models.mini_xception import mini_xception
from ferkeras.models.parallel_streams import parallel_streams
from ferkeras.models.plain_cnn import plain_cnn
from ferkeras.models.vgg13 import vgg13

__all__ = [
    "alexnet48",
    "compact_bottleneck",
    "deep_emotion",
    "dexpression",
    "mini_xception",
    "parallel_streams",
    "plain_cnn",
    "vgg13",
]
