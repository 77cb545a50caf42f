"""Reads fer2013.csv with the votes of fer2013new.csv into NumPy arrays."""

import itertools
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
# Columns of the votes for FER2013's classes, in its order.
EMOTIONS = [
    labels.VOTE_NAMES.index(name)
    for name in (
        *("anger", "disgust", "fear", "happiness", "sadness", "surprise"),
        "neutral",
    )
]
# Share of lines in which FER2013's label has the most votes of these: 0.655 of
# the published files', 0.19 where the lines of one are in another order.
LEAST = 0.65


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
        ValueError: where the config is unknown, a file is not as published,
            or the two differ in their Usage columns or their lines' order.
    """
    if config not in CONFIGS:
        raise ValueError(
            f"config must be one of {', '.join(CONFIGS)}. Received: {config!r}"
        )
    votes, usage = read_votes(manual_dir)
    images, emotion, image_usage = fer2013.read_images(manual_dir)
    differs = np.flatnonzero(usage != image_usage)
    if differs.size:
        row, path = differs[0], _path(manual_dir)
        rows = fer2013.read_rows(path, COLUMNS, INSTRUCTIONS)
        place, _ = next(itertools.islice(rows, row, None))
        raise ValueError(
            f"{place}: expected the Usage of that line of {fer2013.FILE}, "
            f"{image_usage[row]}. {INSTRUCTIONS} Received: {usage[row]}"
        )
    check_order(emotion, votes, manual_dir)
    label = labels.RULES[config](votes)
    columns = {"image": images, "label": label, "votes": votes}
    return fer2013.by_split(usage, columns, keep=label >= 0)


def check_order(emotion, votes, manual_dir):
    """Check that two files' lines are of the same images.

    Args:
        emotion: int64 (n,), FER2013's label of each line.
        votes: uint8 (n, 10), those of the same line of the other file.
        manual_dir: folder of both files.

    Raises:
        ValueError: where fewer agree than in the published files, by more than
            chance.
    """
    votes = votes[:, EMOTIONS]
    agree = votes[np.arange(len(votes)), emotion] == votes.max(axis=1)
    if agree.mean() < LEAST - 3 / np.sqrt(len(votes)):
        raise ValueError(
            f"{_path(manual_dir)}: expected votes on the image of the same "
            f"line of {fer2013.FILE}, but the two agree in too few lines: "
            f"those of one are in another order. {INSTRUCTIONS} "
            f"Received: {agree.mean():.0%}, where the published files have 66%"
        )


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
