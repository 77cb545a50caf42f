"""What became of a paper's number: the difference of two noisy numbers.

Ours is a mean over runs, the paper's mostly one run. Each has the noise of its
seeds, and where the two were scored on other images, that of drawing these.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import stats
from scipy.special import stdtrit

# Points, or decibels: a difference that does not matter, and the half-width of
# the widest interval that says anything.
CLOSE, WIDEST = 1, 2.5
# How many degrees of freedom the variance of a table's other rows is worth.
PRIOR_FREEDOM = 4
# More runs than this nobody makes of one row.
MOST_RUNS = 100
# Of the range of so many values of a normal distribution: the root of its mean
# square in standard deviations, and the degrees of freedom that a variance
# worked out from it has. Reference: Patnaik, Biometrika 37, 1950.
RANGES = {
    2: (1.414, 1.0),
    3: (1.912, 2.0),
    4: (2.239, 2.9),
    5: (2.481, 3.8),
    6: (2.673, 4.7),
    7: (2.830, 5.5),
    8: (2.963, 6.3),
    9: (3.078, 7.0),
    10: (3.179, 7.7),
}


@dataclass(frozen=True)
class Printed:
    """A paper's number.

    Attributes:
        mean: the number.
        runs: how many runs it is the mean of.
        range: the largest of them less the smallest, where it gives these.
        images: how many it scored, where those were not the ones scored here.
        pool: how many both drew theirs from at random, where they did.
    """

    mean: float
    runs: int = 1
    range: float | None = None
    images: int = 0
    pool: int = 0


@dataclass(frozen=True)
class Judgement:
    """A difference and what it says.

    Attributes:
        verdict: `reproduced`, `higher`, `lower` or `undecided`.
        difference: our mean less the paper's number.
        interval: its 95 % interval, `(low, high)`.
        enough: where undecided, the number of runs of ours that would settle
            it, were the variance what it is now; None where no number would.
    """

    verdict: str
    difference: float
    interval: tuple[float, float]
    enough: int | None = None

    @property
    def words(self) -> str:
        """The verdict, and of an open one what would settle it."""
        if self.verdict != "undecided":
            return self.verdict
        words = f"{self.enough} runs would settle it"
        if not self.enough:
            words = "no number of runs of ours would settle it"
        return f"undecided: at this spread, {words}"


def centred(values: Sequence[float]) -> float:
    """Variance over runs, raised so that its median is the true one.

    Of three runs the variance is too low in five cases of eight: a median of
    such variances would be 0.69 of what it should be.

    Args:
        values: scores, one a run, two at least.
    """
    freedom = len(values) - 1
    return float(np.var(values, ddof=1)) * freedom / chi_square_median(freedom)


@lru_cache
def chi_square_median(freedom: int) -> float:
    """Median of a chi-square variable."""
    return float(stats.chi2.median(freedom))


def moderated(
    values: Sequence[float],
    others: Sequence[float],
    known: float = PRIOR_FREEDOM,
) -> tuple[float, float] | None:
    """Variance of one run, steadied by that of all rows of its table.

    The row's own is among these: so of rows with as many runs, one that varies
    more never comes out with less. Rows' noise is taken to differ as much as
    `PRIOR_FREEDOM` says; of equal truths, a row that varies several times as
    much as its table is called different more often than one in twenty.

    Args:
        values: scores, one a run.
        others: of the table's other rows, `centred`.
        known: degrees of freedom of these together. A prior of fewer than
            `PRIOR_FREEDOM` is worth no more than they are.

    Returns:
        The variance and its degrees of freedom, or None where one run is all
        that there is.

    Reference: Smyth, Statistical Applications in Genetics and Molecular
    Biology 3, 2004, with the median for the fitted prior.
    """
    freedom = len(values) - 1
    own = float(np.var(values, ddof=1)) if freedom else 0.0
    if not len(others):
        return (own, freedom) if freedom else None
    rows = [*others, centred(values)] if freedom else others
    shared, prior = float(np.median(rows)), min(PRIOR_FREEDOM, known)
    total = prior + freedom
    return (prior * shared + freedom * own) / total, total


def half_width(parts: Sequence[tuple[float, float]]) -> float:
    """Half of the 95 % interval of a sum of independent errors.

    Args:
        parts: `(variance, degrees of freedom)` of each.

    Reference: Welch, Biometrika 34, 1947.
    """
    total = sum(variance for variance, _ in parts)
    if not total:
        return 0.0
    freedom = total**2 / max(sum(v**2 / f for v, f in parts), 1e-300)
    # Of images alone, the errors are known and as good as normal.
    freedom = min(freedom, 1e6)
    return float(stdtrit(freedom, 0.975) * np.sqrt(total))


def sampling(mean: float, printed: Printed, images: int) -> float:
    """Variance, in squared percents, of drawing other images than the paper.

    Of two parts of one pool, those images that are in both by chance count
    for nothing: two fifths of it differ by four fifths of the variance.

    Args:
        mean: our accuracy, in percent.
        printed: `Printed`.
        images: how many are scored here.
    """
    if not printed.images:
        return 0.0
    share = (mean + printed.mean) / 200
    common = 2 / printed.pool if printed.pool else 0.0
    parts = 1 / images + 1 / printed.images - common
    return max(1e4 * share * (1 - share) * parts, 0.0)


def judge(
    values: Sequence[float],
    printed: Printed,
    *,
    others: Sequence[float] = (),
    known: float = PRIOR_FREEDOM,
    overlap: float = 0.0,
    images: int = 0,
    trained: bool = True,
) -> Judgement | None:
    """Compare a row with its paper's number.

    Args:
        values: scores, in percent or decibels, one a run.
        printed: `Printed`.
        others: of the other rows of the table, `centred`.
        known: as of `moderated`.
        overlap: as of `ferkeras.papers.protocol.Protocol`, of both.
        images: how many are scored here; accuracies only.
        trained: whether there was training, and so seeds; published weights
            have none.

    Returns:
        `Judgement`, or None where nothing is known of the noise of seeds, or
        a run has no number.
    """
    if not np.isfinite(values).all():
        return None
    spread = moderated(values, others, known) if trained else (0.0, 1)
    if spread is None:
        return None
    variance, freedom = spread
    # Further runs are taken to vary as much as these; one alone, as expected.
    several = trained and len(values) > 1
    own = float(np.var(values, ddof=1)) if several else variance
    mean = float(np.mean(values))
    fixed = [(sampling(mean, printed, images), np.inf)] if images else []
    theirs = (1 / printed.runs + overlap) if trained else 0.0
    if printed.range and printed.runs in RANGES and trained:
        expected, its_freedom = RANGES[printed.runs]
        its_variance = (printed.range / expected) ** 2
        fixed.append((its_variance * theirs, its_freedom))
        theirs = 0.0

    def half(more: int) -> float:
        total = freedom + more
        ours = (freedom * variance + more * own) / total
        share = 1 / (len(values) + more) + overlap + theirs
        return half_width([(ours * share, total), *fixed])

    difference, width = mean - printed.mean, half(0)
    low, high = difference - width, difference + width
    if low <= 0 <= high and width > WIDEST:
        # Narrow, or on one side of 0.
        narrow = max(WIDEST, abs(difference))
        runs = range(len(values) + 1, MOST_RUNS + 1)
        enough = next(
            (n for n in runs if half(n - len(values)) <= narrow), None
        )
        return Judgement("undecided", difference, (low, high), enough)
    if low <= 0 <= high or abs(difference) <= CLOSE:
        return Judgement("reproduced", difference, (low, high))
    word = "higher" if difference > 0 else "lower"
    return Judgement(word, difference, (low, high))


def holm(chances: Sequence[float]) -> list[float]:
    """Chances, each corrected for that many tests.

    Args:
        chances: p of each test.

    Returns:
        A list in the same order, none above 1.

    Reference: Holm, Scandinavian Journal of Statistics 6, 1979.
    """
    order = np.argsort(chances, kind="stable")
    left = np.arange(len(chances), 0, -1)
    corrected = np.empty(len(chances))
    corrected[order] = np.maximum.accumulate(left * np.take(chances, order))
    return np.minimum(corrected, 1).tolist()
