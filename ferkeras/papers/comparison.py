"""What papers say of two rows, and what the runs say of it."""

from dataclasses import dataclass
from typing import NamedTuple

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
        pairs: number of seeds that both rows have; or of pre-trainings, where
            they start from different ones.
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
