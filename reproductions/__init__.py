"""The papers: one file each, found by its name, author and year."""

import importlib
from pathlib import Path

# Before a paper imports Keras: it says what TensorFlow reads when imported.
import ferkeras  # noqa: F401


def papers():
    """Every `Paper`, in the order of their keys."""
    keys = sorted(
        file.stem
        for folder in __path__
        for file in Path(folder).glob("*[0-9][0-9][0-9][0-9].py")
    )
    return [
        importlib.import_module(f"reproductions.{key}").PAPER for key in keys
    ]
