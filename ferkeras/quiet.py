"""Importing TensorFlow without what it logs then.

Its libraries report on oneDNN and CUDA while they are loaded, before they know
`TF_CPP_MIN_LOG_LEVEL` (tensorflow/tensorflow#100442).
"""

import contextlib
import os
import sys
from importlib.machinery import PathFinder


@contextlib.contextmanager
def no_stderr():
    """Drop what the process writes to its standard error, C++ included."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


class QuietTensorFlow:
    """Finds TensorFlow where Python does, and loads it quietly.

    A hook, since whoever comes first imports it: Keras, a data set, export.
    """

    @staticmethod
    def find_spec(name, path=None, target=None):
        """Module to load, or None for all others; called by Python."""
        found = PathFinder.find_spec(name) if name == "tensorflow" else None
        if found and found.loader:
            load = found.loader.exec_module

            def load_quietly(module):
                with no_stderr():
                    load(module)

            found.loader.exec_module = load_quietly
        return found


def install():
    """Have TensorFlow loaded quietly from now on."""
    if QuietTensorFlow not in sys.meta_path:
        sys.meta_path.insert(0, QuietTensorFlow)
