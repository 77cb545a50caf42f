"""What the runs of a line said of each image, at the epoch of its score."""

import numpy as np

from ferkeras.runs.record import path_of
from ferkeras.runs.score_files import read_confusion
from ferkeras.scoring import metrics


def suffix(line):
    """Of the files of predictions: at the last epoch where that is scored.

    And where every run kept them; older records have those of the best epoch
    alone.
    """
    last = ".last-epoch.npz"
    files = (path_of(line.results, unit, last) for unit, _ in line.complete)
    if line.protocol.at_last_epoch and all(path.exists() for path in files):
        return last
    return ".probabilities.npz"


def at_epoch(line):
    """Words on the epoch of the predictions, where it is not the score's."""
    other = line.protocol.at_last_epoch and suffix(line) != ".last-epoch.npz"
    return ", at the best epoch" if other else ""


def answers(line):
    """Of each complete run, by its seed: images, and which it has right.

    Empty where no predictions were kept.
    """
    found, end = {}, suffix(line)
    for unit, _ in line.complete:
        path = path_of(line.results, unit, end)
        if path.exists():
            with np.load(path) as file:
                right = file["probabilities"].argmax(-1) == file["label"]
                found[unit.seed] = file["row"].tolist(), right
    return found


def confusions(line):
    """Confusion matrices in images, one of each complete run of a line."""
    if suffix(line) == ".probabilities.npz":
        return [
            read_confusion(path_of(line.results, unit, ".confusion.csv"))
            for unit, _ in line.complete
        ]
    matrices = []
    for unit, _ in line.complete:
        with np.load(path_of(line.results, unit, suffix(line))) as file:
            matrices.append(
                metrics.confusion(file["label"], file["probabilities"])
            )
    return matrices


def confusion(line):
    """Confusion matrix in images, summed over a line's complete runs."""
    return sum(confusions(line))
