"""Weights of another network or of a published file, layer by layer."""

from ferkeras.weights.published import (
    FILES,
    PretrainedFile,
    find,
    load_pretrained,
)
from ferkeras.weights.transfer import copy_weights

__all__ = ["FILES", "PretrainedFile", "copy_weights", "find", "load_pretrained"]
