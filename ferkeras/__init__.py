"""Facial-expression papers, rebuilt row by row in Keras 3."""

import importlib
import os

__version__ = "0.1.0"

# TensorFlow reads both when it is imported, and has oneDNN off on processors
# without AVX512, where plain convolutions train up to twice as fast with it.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
# Errors are exceptions too. Who asks for another level gets all that it says.
if os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3") == "3":
    from ferkeras import quiet

    quiet.install()

# What is imported only where it is asked for.
_WHERE = {
    "Predictor": "ferkeras.trained.predict",
    "load": "ferkeras.trained.zoo",
}


def __getattr__(name):
    """`ferkeras.load` and the others, without Keras until then."""
    if name not in _WHERE:
        raise AttributeError(f"module 'ferkeras' has no attribute {name!r}")
    return getattr(importlib.import_module(_WHERE[name]), name)
