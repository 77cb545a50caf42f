"""Facial-expression papers, rebuilt row by row in Keras 3."""

__version__ = "0.1.0"
