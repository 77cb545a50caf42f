"""What an interval says of a claim."""

import pytest

from ferkeras.papers.comparison import Difference


@pytest.mark.parametrize(
    "interval,verdict",
    [
        ((0.1, 2.0), "holds"),
        ((-2.0, -0.1), "does not hold"),
        ((-0.1, 2.0), "undecided"),
        ((0.0, 0.0), "undecided"),
    ],
)
def test_an_interval_that_holds_zero_leaves_the_claim_open(interval, verdict):
    assert Difference(1.0, interval, 3).verdict == verdict


@pytest.mark.parametrize(
    "interval,verdict",
    [
        ((-1, 1), "holds"),
        ((0.1, 0.9), "holds"),
        ((-0.1, 1.1), "undecided"),
        ((-1.1, 0.1), "undecided"),
        ((1.1, 3), "does not hold"),
        ((-3, -1.1), "does not hold"),
        (None, "undecided"),
    ],
)
def test_rows_are_alike_where_the_interval_is_within_a_point(interval, verdict):
    assert Difference(0.0, interval, 3, alike=True).verdict == verdict
