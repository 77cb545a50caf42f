"""Computes what the people who voted on FER+ take each emotion for.

python -m tfds_builders.ferplus.prior FOLDER   # of fer2013new.csv

prints it; `prior.csv` beside this file is what it printed.
"""

import argparse
from pathlib import Path

import numpy as np

from tfds_builders.ferplus import labels, reader

FILE = Path(__file__).with_name("prior.csv")
# The order of the authors' files of RAF-DB; its own numbers differ.
RAF_DB = (
    "anger",
    "disgust",
    "fear",
    "happiness",
    "neutral",
    "sadness",
    "surprise",
)
# The order of its codes, of which the release with seven classes has seven.
AFFECTNET = (
    "neutral",
    "happiness",
    "sadness",
    "surprise",
    "fear",
    "disgust",
    "anger",
    "contempt",
)


def training_labels(votes, usage):
    """Label the training images by the rule `labels.half`.

    Args:
        votes: uint8 (n, 10), columns as in `labels.VOTE_NAMES`.
        usage: strings (n,), the Usage column.

    Returns: int64 (n,), index into `labels.CLASS_NAMES`, or -1 for an image
        that the rule drops or that is not for training.
    """
    return np.where(usage == "Training", labels.half(votes), -1)


def prior(votes, usage):
    """Average the votes on the training images of each class.

    The votes for the eight emotions of an image are made to sum to 1; those
    for unknown and NF do not count.

    Args:
        votes: uint8 (n, 10), columns as in `labels.VOTE_NAMES`.
        usage: strings (n,), the Usage column.

    Returns: float64 (8, 8), rows are classes and columns emotions voted for,
        both in the order of `labels.CLASS_NAMES`; rows sum to 1.

    Raises:
        ValueError: where a class has no training image.

    Reference: Vo et al., IEEE Access 2020,
    https://doi.org/10.1109/ACCESS.2020.3010018, Table 2.
    """
    label = training_labels(votes, usage)
    emotions = votes[:, : len(labels.CLASS_NAMES)].astype(np.float64)
    rows = []
    for index, name in enumerate(labels.CLASS_NAMES):
        seen = emotions[label == index]
        if not len(seen):
            raise ValueError(
                "expected training images of every class. Received: none of "
                f"{name}"
            )
        rows.append(np.mean(seen / seen.sum(axis=1, keepdims=True), axis=0))
    return np.stack(rows)


def read():
    """The prior that is kept in `FILE`, float64 (8, 8), six decimals."""
    return np.loadtxt(FILE, delimiter=",", skiprows=1, usecols=range(1, 9))


def for_classes(matrix, class_names, renormalize=True):
    """Arrange a prior for another dataset's classes, and leave out the others.

    Args:
        matrix: (8, 8), as `prior` returns it.
        class_names: names of `labels.CLASS_NAMES` in the dataset's order, such
            as `RAF_DB`, `AFFECTNET` or `AFFECTNET[:7]`.
        renormalize: whether to make rows sum to 1 again, as the paper has it;
            the authors' code leaves them short of what was left out.

    Returns: float64 (n, n), n being the number of names.

    Raises:
        ValueError: for a name that is unknown or comes twice.
    """
    unknown = set(class_names) - set(labels.CLASS_NAMES)
    if unknown or len(set(class_names)) < len(class_names):
        raise ValueError(
            f"class_names takes each of {', '.join(labels.CLASS_NAMES)} once "
            f"at most. Received: {class_names!r}"
        )
    order = [labels.CLASS_NAMES.index(name) for name in class_names]
    arranged = np.asarray(matrix, np.float64)[np.ix_(order, order)]
    if renormalize:
        arranged /= arranged.sum(axis=1, keepdims=True)
    return arranged


def main(arguments=None):
    """Print the prior as CSV, six decimals; rows are classes."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", help=f"folder that holds {reader.FILE}")
    folder = parser.parse_args(arguments).folder
    print(",".join(("true \\ voted", *labels.CLASS_NAMES)))
    rows = prior(*reader.read_votes(folder))
    for name, row in zip(labels.CLASS_NAMES, rows, strict=True):
        print(",".join((name, *(f"{value:.6f}" for value in row))))


if __name__ == "__main__":
    main()
