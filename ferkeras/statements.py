"""What papers say of confusion matrices in words, measured."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ferkeras.metrics import percent_of_rows


@dataclass(frozen=True)
class Statement:
    """A sentence of a paper about one row's confusion matrix.

    Attributes:
        words: what the paper says, in our words.
        row: name of the row it is about.
        measure: `(matrix, class_names) -> (text, holds)`: what is measured, and
            whether the statement holds; the matrix is in images, rows true.
    """

    words: str
    row: str
    measure: Callable


def shares(values, class_names):
    """Percentages with their classes, largest first."""
    order = np.argsort(-np.asarray(values), kind="stable")
    return ", ".join(f"{class_names[k]} {values[k]:.1f} %" for k in order)


def rarely_predicted(matrix, class_names, *, name, below):
    """Whether under `below` percent of all predictions are `name`."""
    k = class_names.index(name)
    predicted, true = 100 * matrix.sum(0) / matrix.sum(), matrix.sum(1)[k]
    text = (
        f"{predicted[k]:.2f} % of predictions and "
        f"{100 * true / matrix.sum():.2f} % of images are {name}"
    )
    return text, bool(predicted[k] < below)


def mainly_confused(matrix, class_names, *, names):
    """Whether no two classes are taken for each other as often as `names`."""
    wrong = matrix - np.diag(np.diag(matrix))
    pairs = np.triu(wrong + wrong.T)
    asked = tuple(sorted(class_names.index(name) for name in names))
    most = np.unravel_index(pairs.argmax(), pairs.shape)
    first, second = (class_names[k] for k in most)
    text = (
        f"{100 * pairs[asked] / wrong.sum():.1f} % of the errors; the most "
        f"are {first}/{second}, {100 * pairs[most] / wrong.sum():.1f} %"
    )
    return text, bool(pairs[asked] == pairs[most])


def best_recalled(matrix, class_names, *, names):
    """Whether `names` are the classes of the highest recall."""
    recall = np.diag(percent_of_rows(matrix))
    best = np.argsort(-recall, kind="stable")[: len(names)]
    return shares(recall, class_names), {class_names[k] for k in best} == set(
        names
    )


def mistaken_for(matrix, class_names, *, name):
    """Whether wrong predictions are `name` more often than anything else."""
    wrong = matrix - np.diag(np.diag(matrix))
    share = 100 * wrong.sum(0) / wrong.sum()
    text = f"of the wrong predictions: {shares(share, class_names)}"
    return text, bool(share.argmax() == class_names.index(name))


def over_predicted(matrix, class_names, *, name, spared):
    """Whether `name` is predicted too often, but least for class `spared`."""
    k = class_names.index(name)
    ratio = matrix.sum(0)[k] / matrix.sum(1)[k]
    others = [n for n in class_names if n != name]
    taken = [percent_of_rows(matrix)[class_names.index(n), k] for n in others]
    text = (
        f"{name} is predicted {ratio:.2f} times as often as it occurs; taken "
        f"for it: {shares(taken, others)}"
    )
    return text, bool(ratio > 1 and others[np.argmin(taken)] == spared)
