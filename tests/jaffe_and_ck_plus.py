"""JAFFE and CK+ as published, of drawn faces."""

from ferkeras.data import Datasets
from reproductions.commands.run_papers import prepare_demo
from reproductions.falahzadeh2021 import PAPER


def prepare(folder):
    """JAFFE under its 213 published names, and 72 sequences of CK+, prepared.

    Args:
        folder: `pathlib.Path` of an empty folder.

    Returns:
        `Datasets` that has `jaffe` and `ck_plus/falahzadeh2021`.
    """
    prepare_demo(PAPER, folder)
    return Datasets(folder)
