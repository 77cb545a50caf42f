"""What papers say of two rows, measured run by run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import stats

from ferkeras.scoring.verdicts import CLOSE


@dataclass(frozen=True)
class Comparison:
    """A claim that one row scores above another, under every protocol of both.

    Attributes:
        words: the claim, in our words.
        row: name of the row that is said to be better.
        than: name of the other row.
        reported: the difference that the paper gives, where it is not that of
            the two rows' numbers.
        score: which score, of those that a run has; the rows' own, where it is
            empty; `"generalisation"`, that one less the accuracy on the
            training images; or of a branch, as in `"branches/small"`.
        than_score: which score of the other row, where it is another one: so
            branches of one row are compared.
        alike: whether it says that the rows score alike, not that one is above.
    """

    words: str
    row: str
    than: str
    reported: float | None = None
    score: str = ""
    than_score: str = ""
    alike: bool = False

    @property
    def scores(self) -> tuple[str, str]:
        """The names of the scores of both rows."""
        return self.score, self.than_score or self.score


class Difference(NamedTuple):
    """How far one row's scores are above another's, seed by seed.

    Attributes:
        mean: mean of the differences, in the unit of the scores.
        interval: its 95 % interval, `(low, high)`, by Student's t over the
            pairs; None below two pairs.
        pairs: number of seeds that both rows have.
        reported: the paper's difference; None where it does not give both.
        chances: of each pair, McNemar's p, see `mcnemar`; those of rows that
            are scored by right and wrong answers on the same images.
        chance: p, two-sided, of no difference, of the test whose interval it
            is; None below two pairs.
        doubt: why there is no verdict, in words, where something forbids one.
        alike: as of the `Comparison`.
    """

    mean: float
    interval: tuple[float, float] | None
    pairs: int
    reported: float | None = None
    chances: tuple[float, ...] = ()
    chance: float | None = None
    doubt: str = ""
    alike: bool = False

    @property
    def verdict(self) -> str:
        """Whether the row is above: the interval must not hold zero.

        Or whether they are alike: it must lie within `CLOSE` of zero.
        """
        if self.doubt:
            return f"no verdict: {self.doubt}"
        if self.interval is None:
            return "undecided"
        low, high = self.interval
        if self.alike:
            holds = -CLOSE <= low and high <= CLOSE
            fails = low > CLOSE or high < -CLOSE
        else:
            holds, fails = low > 0, high < 0
        return "holds" if holds else "does not hold" if fails else "undecided"


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
