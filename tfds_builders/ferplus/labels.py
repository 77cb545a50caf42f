"""The rules that turn the ten FER+ votes of an image into one label."""

import numpy as np

CLASS_NAMES = (
    "neutral",
    "happiness",
    "surprise",
    "sadness",
    "anger",
    "disgust",
    "fear",
    "contempt",
)
VOTE_NAMES = (*CLASS_NAMES, "unknown", "NF")


def plurality(votes):
    """Label each image with the column that has the most votes.

    Ties go to the first column; an image is dropped where that column is
    unknown or NF.

    Args:
        votes: uint8 (n, 10), columns as in `VOTE_NAMES`.

    Returns: int64 (n,), index into `CLASS_NAMES`, or -1 where dropped.
    """
    winner = votes.argmax(axis=1)
    return np.where(winner < len(CLASS_NAMES), winner, -1)


def half(votes):
    """Label each image with the emotion that has at least five votes.

    Of two emotions with five votes each the first wins; unknown and NF do not
    compete.

    Args:
        votes: uint8 (n, 10), columns as in `VOTE_NAMES`.

    Returns: int64 (n,), index into `CLASS_NAMES`, or -1 where dropped.

    Reference: Vo et al., IEEE Access 2020,
    https://doi.org/10.1109/ACCESS.2020.3010018.
    """
    emotions = votes[:, : len(CLASS_NAMES)]
    return np.where(emotions.max(axis=1) >= 5, emotions.argmax(axis=1), -1)


def majority(votes):
    """Label each image with the emotion that has over half of the votes.

    Single votes are outliers: they are set to zero before the half is taken.
    An image is dropped where no column or unknown or NF has the majority.

    Args:
        votes: uint8 (n, 10), columns as in `VOTE_NAMES`.

    Returns: int64 (n,), index into `CLASS_NAMES`, or -1 where dropped.

    Reference: `ferplus.py` of https://github.com/microsoft/FERPlus, mode
    "majority".
    """
    votes = np.where(votes > 1, votes, 0)
    winner = votes.argmax(axis=1)
    won = 2 * votes.max(axis=1) > votes.sum(axis=1)
    return np.where(won & (winner < len(CLASS_NAMES)), winner, -1)


RULES = {"plurality": plurality, "half": half, "majority": majority}
