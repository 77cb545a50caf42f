"""Networks that are fast, for tests of what is made of them."""

from functools import partial
from importlib import import_module

import keras

from ferkeras.models import edsr


def without_values():
    """A scope in which weights have shapes, and no values are drawn."""
    return keras.StatelessScope(initialize_variables=False)


def narrow_networks(monkeypatch):
    """Give those of Vo et al., VGG16 and EDSR, four filters a layer.

    EDSR has one block of its sixteen.
    """
    vgg = import_module("ferkeras.models.vgg16_bn")
    monkeypatch.setattr(vgg, "BLOCKS", ((4,) * 2,) * 2 + ((4,) * 3,) * 3)
    small = partial(edsr, filters=4, blocks=1)
    for name in ("pyramid_sr", "super_resolution"):
        module = import_module(f"ferkeras.models.{name}")
        monkeypatch.setattr(module, "edsr", small)
