"""Weights of another network or of a published file, layer by layer."""

from ferkeras.weights.files import FILES, PretrainedFile
from ferkeras.weights.published import find, load_pretrained
from ferkeras.weights.transfer import copy_weights, layers_with_weights

__all__ = [
    "FILES",
    "PretrainedFile",
    "copy_weights",
    "find",
    "layers_with_weights",
    "load_pretrained",
]
