"""Tests of the difference of two rows, over the runs of the same seeds."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import stats

from ferkeras.papers.comparison import Difference


def standard_error(values: Sequence[float], overlap: float) -> float:
    """Of the mean of values of runs that share so many images."""
    return float(np.std(values, ddof=1) * np.sqrt(1 / len(values) + overlap))


def interval(
    values: Sequence[float], overlap: float = 0.0
) -> tuple[float, float] | None:
    """The 95 % interval of a mean, by Student's t.

    Args:
        values: one a run.
        overlap: as of `Protocol`.

    Returns:
        `(low, high)`, or None below two values.
    """
    if len(values) < 2:
        return None
    quantile = stats.t.ppf(0.975, len(values) - 1)
    half = float(quantile * standard_error(values, overlap))
    mean = float(np.mean(values))
    return mean - half, mean + half


def chance(values: Sequence[float], overlap: float = 0.0) -> float | None:
    """The chance, two-sided, of a mean as far from zero, by Student's t.

    Args:
        values: one a run.
        overlap: as of `Protocol`.

    Returns:
        p, or None below two values.
    """
    if len(values) < 2:
        return None
    error, mean = standard_error(values, overlap), float(np.mean(values))
    if not error:
        return 0.0 if mean else 1.0
    return float(2 * stats.t.sf(abs(mean) / error, len(values) - 1))


def mcnemar(right: np.ndarray, others: np.ndarray) -> float:
    """McNemar's exact test of two networks on the same images.

    Args:
        right: bool `(count,)`, which images one has right.
        others: the same of the other.

    Returns:
        The chance, two-sided, of a difference as large as this between
        networks that are as good, from the images that one of them has right.
    """
    only_one = int(np.sum(right & ~others))
    discordant = int(np.sum(right != others))
    # Of no image, nothing can be said.
    if not discordant:
        return 1.0
    return float(stats.binomtest(only_one, discordant).pvalue)


def paired(
    scores: Mapping[int, float],
    others: Mapping[int, float],
    overlap: float = 0.0,
) -> Difference | None:
    """Difference of two rows' scores, over the seeds that both have.

    What the runs of one seed share, the drawn images, the fold, the order, is
    no part of the interval.

    Args:
        scores: mapping of seeds to scores of the row.
        others: the same of the row that it is compared with.
        overlap: as of `Protocol`.

    Returns:
        `Difference`, or None where no seed is common.
    """
    seeds = sorted({*scores} & {*others})
    if not seeds:
        return None
    differences = [scores[seed] - others[seed] for seed in seeds]
    return Difference(
        float(np.mean(differences)),
        interval(differences, overlap),
        len(seeds),
        chance=chance(differences, overlap),
    )
