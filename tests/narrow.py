"""Networks of Vo et al. that are fast: for tests of its rows."""

from functools import partial
from importlib import import_module

from ferkeras.models import edsr


def narrow_networks(monkeypatch):
    """Give VGG16, EDSR and what is made of them four filters a layer.

    EDSR has one block of its sixteen.
    """
    vgg = import_module("ferkeras.models.vgg16_bn")
    monkeypatch.setattr(vgg, "BLOCKS", ((4,) * 2,) * 2 + ((4,) * 3,) * 3)
    small = partial(edsr, filters=4, blocks=1)
    for name in ("pyramid_sr", "super_resolution"):
        module = import_module(f"ferkeras.models.{name}")
        monkeypatch.setattr(module, "edsr", small)
