"""What papers say of confusion matrices in words, measured."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ferkeras.scoring.metrics import percent_of_rows

Measured = tuple[str, bool]  # in words, and whether the statement holds


@dataclass(frozen=True)
class Statement:
    """A sentence of a paper that a row's confusion matrix bears out, or not.

    Attributes:
        words: what the paper says, in our words.
        row: name of the row.
        measure: `(matrix, class_names) -> (text, holds)`: what is measured, and
            whether the statement holds; the matrix is in images, rows true.
    """

    words: str
    row: str
    measure: Callable[[np.ndarray, Sequence[str]], Measured]


def shares(
    values: Sequence[float] | np.ndarray, class_names: Sequence[str]
) -> str:
    """Percentages with their classes, largest first."""
    order = np.argsort(-np.asarray(values), kind="stable")
    return ", ".join(f"{class_names[k]} {values[k]:.1f} %" for k in order)


def times_predicted(
    matrix: np.ndarray, class_names: Sequence[str], name: str
) -> float:
    """How often a class is predicted for each time that it occurs."""
    k = class_names.index(name)
    return matrix.sum(0)[k] / matrix.sum(1)[k]


def rarely_predicted(
    matrix: np.ndarray,
    class_names: Sequence[str],
    *,
    name: str,
    below: float = 0.1,
) -> Measured:
    """Whether `name` is predicted under `below` times as often as it occurs."""
    times = times_predicted(matrix, class_names, name)
    text = (
        f"{name} is predicted {times:.2f} times as often as it occurs; asked: "
        f"under {below}"
    )
    return text, bool(times < below)


def mainly_confused(
    matrix: np.ndarray, class_names: Sequence[str], *, names: tuple[str, ...]
) -> Measured:
    """Whether no two classes are taken for each other as often as `names`."""
    wrong = matrix - np.diag(np.diag(matrix))
    pairs = np.triu(wrong + wrong.T)
    asked = tuple(sorted(class_names.index(name) for name in names))
    most = np.unravel_index(pairs.argmax(), pairs.shape)
    first, second = (class_names[k] for k in most)
    share = 100 * pairs / max(wrong.sum(), 1)
    text = (
        f"{share[asked]:.1f} % of the errors; the most are {first}/{second}, "
        f"{share[most]:.1f} %"
    )
    return text, bool(pairs[asked] == pairs[most])


def best_recalled(
    matrix: np.ndarray, class_names: Sequence[str], *, names: tuple[str, ...]
) -> Measured:
    """Whether `names` are the classes of the highest recall."""
    recall = np.diag(percent_of_rows(matrix))
    best = np.argsort(-recall, kind="stable")[: len(names)]
    return shares(recall, class_names), {class_names[k] for k in best} == set(
        names
    )


def worst_recalled(
    matrix: np.ndarray, class_names: Sequence[str], *, name: str
) -> Measured:
    """Whether no class has a lower recall than `name`."""
    recall = np.diag(percent_of_rows(matrix))
    worst = recall[class_names.index(name)] == recall.min()
    return shares(recall, class_names), bool(worst)


def highest_recalled(
    matrix: np.ndarray, class_names: Sequence[str], *, names: tuple[str, ...]
) -> Measured:
    """Whether `names` have the highest recalls, the first of them the best."""
    recall = np.diag(percent_of_rows(matrix))
    best = np.argsort(-recall, kind="stable")[: len(names)]
    found = tuple(class_names[k] for k in best)
    return shares(recall, class_names), found == names


def lowest_recalled(
    matrix: np.ndarray, class_names: Sequence[str], *, names: tuple[str, ...]
) -> Measured:
    """Whether `names` have the lowest recalls, the first of them the worst."""
    recall = np.diag(percent_of_rows(matrix))
    worst = np.argsort(recall, kind="stable")[: len(names)]
    found = tuple(class_names[k] for k in worst)
    return shares(recall, class_names), found == names


def recalled_above(
    matrix: np.ndarray,
    class_names: Sequence[str],
    *,
    names: tuple[str, ...],
    above: float,
) -> Measured:
    """Whether each of `names` has a recall of more than `above` percent."""
    recall = np.diag(percent_of_rows(matrix))
    asked = [recall[class_names.index(name)] for name in names]
    return shares(asked, names), bool(min(asked) > above)


def mistaken_for(
    matrix: np.ndarray, class_names: Sequence[str], *, name: str
) -> Measured:
    """Whether wrong predictions are `name` more often than anything else."""
    wrong = matrix - np.diag(np.diag(matrix))
    share = 100 * wrong.sum(0) / max(wrong.sum(), 1)
    text = f"of the wrong predictions: {shares(share, class_names)}"
    return text, bool(share[class_names.index(name)] == share.max() > 0)


def errs_only_towards(
    matrix: np.ndarray, class_names: Sequence[str], *, name: str
) -> Measured:
    """Whether every wrong prediction is `name`."""
    text, _ = mistaken_for(matrix, class_names, name=name)
    wrong = matrix - np.diag(np.diag(matrix))
    taken = wrong[:, class_names.index(name)]
    return text, bool(taken.sum() == wrong.sum() > 0)


def over_predicted(
    matrix: np.ndarray,
    class_names: Sequence[str],
    *,
    name: str,
    spared: str,
    above: float = 1.1,
) -> Measured:
    """Whether `name` is predicted too often, but least for class `spared`.

    Too often is over `above` times as often as it occurs.
    """
    k = class_names.index(name)
    times = times_predicted(matrix, class_names, name)
    others = [n for n in class_names if n != name]
    taken = [percent_of_rows(matrix)[class_names.index(n), k] for n in others]
    text = (
        f"{name} is predicted {times:.2f} times as often as it occurs; asked: "
        f"over {above}; taken for it: {shares(taken, others)}"
    )
    return text, bool(times > above and others[np.argmin(taken)] == spared)


def mostly_taken_for(
    matrix: np.ndarray, class_names: Sequence[str], *, name: str, other: str
) -> Measured:
    """Whether no other class is `name` taken for as often as for `other`."""
    k = class_names.index(name)
    taken = percent_of_rows(matrix)[k]
    others = [n for n in class_names if n != name]
    wrong = np.delete(taken, k)
    text = f"{name} is taken for: {shares(wrong, others)}"
    return text, bool(taken[class_names.index(other)] == wrong.max() > 0)
