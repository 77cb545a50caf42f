"""What words of a command must be, as argparse's types."""

import argparse
from pathlib import Path

from ferkeras import limits
from ferkeras.dataset_names import is_own
from ferkeras.dataset_sources import COUNTS, counts_of, offered_as
from ferkeras.names import nearest


def budget(text):
    """Seconds that leave some to train in."""
    if int(text) <= limits.RESERVE:
        raise argparse.ArgumentTypeError(
            f"must be more than the {limits.RESERVE} s kept back for scoring. "
            f"Received: {text}"
        )
    return int(text)


def dataset(text):
    """Name of a dataset, published, drawn or a user's own."""
    drawn = offered_as(text) == "synthetic_faces"
    if not (drawn or is_own(text) or counts_of(text)):
        raise argparse.ArgumentTypeError(
            "takes own/ and the name that your images were prepared under, or "
            f"a published dataset: {nearest(text, COUNTS)}. Received: {text}"
        )
    return text


def file(text):
    """Path of a file to write."""
    if Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"takes a file. Received: {text}/")
    return Path(text)


def folder(text):
    """Path of a folder to write into."""
    if Path(text).is_file():
        raise argparse.ArgumentTypeError(f"takes a folder. Received: {text}")
    return Path(text)


def positive(text):
    """A whole number above zero."""
    if int(text) < 1:
        raise ValueError
    return int(text)
