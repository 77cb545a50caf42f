"""Paired differences against SciPy's paired t test and by hand."""

import numpy as np
import pytest
from scipy import stats

from ferkeras.papers.comparison import Difference
from ferkeras.papers.paired_tests import chance, mcnemar, paired
from reproductions.falahzadeh2021_folds import FER2013, filled_folds, ten_folds


def test_interval_is_that_of_the_paired_t_test():
    rng = np.random.default_rng(0)
    scores, others = rng.normal(80, 3, (2, 7))
    found = paired(dict(enumerate(scores)), dict(enumerate(others)))
    expected = stats.ttest_rel(scores, others).confidence_interval(0.95)
    assert found.interval == pytest.approx(expected)
    assert found.mean == pytest.approx(np.mean(scores) - np.mean(others))
    assert found.pairs == 7


def test_interval_by_hand_is_of_the_differences_not_of_the_rows():
    # Differences 1, 2, 3: mean 2, deviation 1; t(0.975, 2) = 4.3027.
    found = paired({0: 51, 1: 72, 2: 93}, {0: 50, 1: 70, 2: 90})
    half = 4.3027 / np.sqrt(3)
    assert found.interval == pytest.approx((2 - half, 2 + half), abs=1e-4)
    assert found.verdict == "undecided"


def test_over_folds_the_interval_is_wider_by_what_they_share():
    # As above, and of three folds one is scored for two that are trained on.
    found = paired({0: 51, 1: 72, 2: 93}, {0: 50, 1: 70, 2: 90}, 1 / 2)
    half = 4.3027 * np.sqrt(1 / 3 + 1 / 2)
    assert found.interval == pytest.approx((2 - half, 2 + half), abs=1e-4)
    protocols = *ten_folds(), *filled_folds(64)
    # Clean, a fifth of the other nine folds chooses the epoch.
    expected = [1 / 9, 0.1 / 0.72, 1 / 9]
    assert [p.overlap for p in protocols] == pytest.approx(expected)
    assert FER2013.overlap == 0


def test_only_common_seeds_are_paired_in_whatever_order():
    found = paired({2: 61.0, 0: 70.5, 5: 10}, {0: 70.0, 1: 99, 2: 60.0})
    assert (found.mean, found.pairs) == (0.75, 2)
    assert paired({0: 1.0}, {1: 2.0}) is None


def test_one_pair_decides_nothing():
    found = paired({3: 90.0}, {3: 10.0})
    assert found == Difference(80.0, None, 1)
    assert found.verdict == "undecided"


@pytest.mark.parametrize(
    "only_one,only_other,chance",
    [
        # Two-sided: 2 (1 + 5) of 32, 2 of 64, all of them.
        (4, 1, 12 / 32),
        (0, 6, 2 / 64),
        (3, 3, 1),
        (0, 0, 1),
    ],
)
def test_mcnemar_counts_what_one_of_them_has_right(
    only_one, only_other, chance
):
    both, neither = 50, 20
    counts = [both, neither, only_one, only_other]
    right = np.repeat([True, False, True, False], counts)
    others = np.repeat([True, False, False, True], counts)
    assert mcnemar(right, others) == pytest.approx(chance)
    assert mcnemar(others, right) == pytest.approx(chance)


def test_the_chance_has_what_folds_share():
    ours, theirs = {0: 51, 1: 72, 2: 93}, {0: 50, 1: 70, 2: 90}
    found = paired(ours, theirs, 1 / 2)
    expected = 2 * stats.t.sf(2 / np.sqrt(1 / 3 + 1 / 2), 2)
    assert found.chance == pytest.approx(expected)
    assert (chance([2.0, 2.0]), chance([0.0, 0.0])) == (0, 1)
