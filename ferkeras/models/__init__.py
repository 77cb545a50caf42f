"""Networks: functions from shapes to functional Keras models."""

from ferkeras.models.compact_bottleneck import compact_bottleneck
from ferkeras.models.vgg13 import vgg13

__all__ = ["compact_bottleneck", "vgg13"]
