"""The papers: one file each, found by its name, author and year."""

import importlib
import os
from pathlib import Path

# TensorFlow reads this when it is first imported: warnings, no greetings.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


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
