"""Reads fer2013.csv with the votes of fer2013new.csv into NumPy arrays."""

import pathlib
import re

import numpy as np

from tfds_builders.fer2013 import reader as fer2013
from tfds_builders.ferplus import labels

VERSION = "1.0.0"
CONFIGS = tuple(labels.RULES)
DEFAULT_CONFIG = "plurality"
CLASS_NAMES = labels.CLASS_NAMES
IMAGE_SHAPE = fer2013.IMAGE_SHAPE
INSTRUCTIONS = (
    f"{fer2013.INSTRUCTIONS} Put fer2013new.csv, unchanged, from "
    "https://github.com/microsoft/FERPlus beside it."
)
FILE = "fer2013new.csv"
FILES = re.compile(r"fer2013new[^a-z]*\.csv")
COLUMNS = ("Usage", *labels.VOTE_NAMES)
# Ten people voted on each image.
COUNTS = frozenset(str(count) for count in range(11))


def read(config, manual_dir):
    """Read the images, labels and votes of every split, in file order.

    Args:
        config: a name of `CONFIGS`, the rule that gives the labels; the images
            it drops are left out.
        manual_dir: folder holding `fer2013.csv` and `fer2013new.csv`.

    Returns: a dict of split name ("train", "validation", "test") to a dict of
        "image": uint8 (n, 48, 48, 1), grey, 0-255;
        "label": int64 (n,), index into `CLASS_NAMES`;
        "votes": uint8 (n, 10), columns as in `labels.VOTE_NAMES`;
        "row": int64 (n,), zero-based row of either file.

    Raises:
        FileNotFoundError: where a file is absent.
        ValueError: where the config is unknown, a file is not as published or
            the two differ in their Usage columns.
    """
    if config not in CONFIGS:
        raise ValueError(
            f"config must be one of {', '.join(CONFIGS)}. Received: {config!r}"
        )
    votes, usage = read_votes(manual_dir)
    images, _, image_usage = fer2013.read_images(manual_dir)
    differs = np.flatnonzero(usage != image_usage)
    if differs.size:
        row = differs[0]
        raise ValueError(
            f"{_path(manual_dir)}, line {row + 2}: expected the Usage of that "
            f"line of {fer2013.FILE}, {image_usage[row]}. {INSTRUCTIONS} "
            f"Received: {usage[row]}"
        )
    label = labels.RULES[config](votes)
    columns = {"image": images, "label": label, "votes": votes}
    return fer2013.by_split(usage, columns, keep=label >= 0)


def read_votes(manual_dir):
    """Read `fer2013new.csv` without splitting it.

    Args:
        manual_dir: folder holding `fer2013new.csv`.

    Returns: votes uint8 (n, 10), columns as in `labels.VOTE_NAMES`, and the
        Usage column, strings (n,).

    Raises:
        FileNotFoundError: where the file is absent.
        ValueError: where the file is not as published.
    """
    path = _path(manual_dir)
    votes, usage = [], []
    for where, columns in fer2013.read_rows(path, COLUMNS, INSTRUCTIONS):
        use, *counts = columns
        fer2013.check_usage(use, where, INSTRUCTIONS)
        if not COUNTS.issuperset(counts):
            raise ValueError(
                f"{where}: expected votes that are integers from 0 to 10. "
                f"{INSTRUCTIONS} Received: {','.join(counts)}"
            )
        votes.append([int(count) for count in counts])
        usage.append(use)
    return np.array(votes, np.uint8), np.array(usage)


def _path(manual_dir):
    root = pathlib.Path(manual_dir)
    return fer2013.find_file(root, FILES, FILE, INSTRUCTIONS)
