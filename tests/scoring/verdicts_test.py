"""Verdicts by hand, on known rows, and over many rows that are the same."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from ferkeras.runs.run_folder import read_history
from ferkeras.scoring.verdicts import (
    CLOSE,
    RANGES,
    WIDEST,
    Printed,
    centred,
    half_width,
    holm,
    judge,
    moderated,
    sampling,
)

pytestmark = pytest.mark.any_backend

CHESLEY = Path(__file__).parents[2] / "results/chesley2021/paper"
# What Table 1 prints, and where the histories of its rows lie.
PRINTED = {
    "a-baseline": 48.31,
    "b-baseline-aug": 53.62,
    "c-baseline-dropout": 50.05,
    "e-deep-dropout": 57.72,
    "f-deep-bn": 53.31,
    "h-alexnet": 47.20,
    "i-lenet5": 50.30,
    "j-dexpression": 48.20,
}
# Its recipe is no longer that of the table's row M, to whose number it led.
M = "m-sec-ii-e"


def at_the_tables_epoch(folder):
    """Scores of the last epoch, the table's, of the first three seeds."""
    files = [CHESLEY / folder / f"seed{k}.history.csv" for k in range(3)]
    return [100 * read_history(file)[-1]["val_accuracy"] for file in files]


@pytest.mark.parametrize(
    "folder,difference,verdict",
    [
        ("a-baseline", 1.81, "undecided"),
        ("b-baseline-aug", 0.50, "undecided"),
        ("f-deep-bn", 0.33, "undecided"),
        ("i-lenet5", 1.26, "undecided"),
        ("e-deep-dropout", -0.45, "undecided"),
        ("j-dexpression", 2.93, "higher"),
        (M, -6.08, "lower"),
    ],
)
def test_known_rows_of_chesley2021(folder, difference, verdict):
    ours = at_the_tables_epoch(folder)
    beside = (at_the_tables_epoch(k) for k in PRINTED if k != folder)
    others = list(map(centred, beside))
    number = (PRINTED | {M: 49.56})[folder]
    printed = Printed(number, images=5742, pool=28709)
    found = judge(ours, printed, others=others, images=5742)
    assert found.difference == pytest.approx(difference, abs=0.005)
    assert found.verdict == verdict


def test_a_made_up_row_by_hand():
    # Ours: mean 52, variance 4, two degrees of freedom; a chi-square of two has
    # its median at 2 ln 2, so 4 / 0.6931 = 5.7708 stands in the median of all
    # four rows, 3.8854, worth four: (4 * 3.8854 + 2 * 4) / 6 = 3.9236. Of the
    # difference of a mean of three and one run: 3.9236 * 4/3 = 5.2315.
    others = (9.0, 1.0, 2.0)
    assert centred([50, 52, 54]) == pytest.approx(4 / np.log(2))
    assert moderated([50, 52, 54], others) == (
        pytest.approx(3.9236, abs=1e-4),
        6,
    )
    # 101/200 are right; two fifths of a pool: 0.505 * 0.495 * (2/100 - 2/500).
    drawn = 1e4 * 0.505 * 0.495 * (2 / 100 - 2 / 500)
    assert drawn == pytest.approx(39.996)
    # Welch and Satterthwaite: (5.2315 + 39.996)^2 / (5.2315^2 / 6) = 448.4.
    # t(0.975, 448) = 1.9653, times the root of 45.2275, 6.7251.
    found = judge(
        [50, 52, 54], Printed(49, images=100, pool=500), others=others,
        images=100,
    )  # fmt: skip
    assert found.difference == 3
    assert found.interval == pytest.approx((3 - 13.217, 3 + 13.217), abs=1e-3)
    # The images alone are too few, whatever the seeds.
    assert (found.verdict, found.enough) == ("undecided", None)
    assert (
        found.words
        == "undecided: at this spread, no number of runs of ours would settle "
        "it"
    )


def test_more_runs_settle_what_seeds_alone_leave_open():
    # Variance 4 without other rows: t(0.975, 2) * sqrt(4 * (1/3 + 1/100)).
    found = judge([50, 52, 54], Printed(52, runs=100))
    half = 4.30265 * np.sqrt(4 * (1 / 3 + 1 / 100))
    assert found.interval == pytest.approx((-half, half), abs=1e-4)
    # t(0.975, 4) * sqrt(4 * (1/5 + 1/100)) is 2.54, t(0.975, 5) * ... of six
    # runs 2.16.
    assert found.enough == 6
    assert found.words == "undecided: at this spread, 6 runs would settle it"


def test_runs_settle_too_what_comes_to_lie_beside_the_paper():
    # Variance 9, worth 4, and as much of its own: t(0.975, 3 + n) *
    # sqrt(9 * (1/n + 1/100)). Two runs: 5.95 in place of the 5.5 apart; three
    # 4.52. Within 2.5 points would be eight.
    runs = [55.5 - 9**0.5 / 2**0.5, 55.5 + 9**0.5 / 2**0.5]
    found = judge(runs, Printed(50, runs=100), others=(9.0, 9.0, 9.0))
    assert (found.verdict, found.enough) == ("undecided", 3)
    found = judge(
        [x - 5 for x in runs], Printed(50, runs=100), others=[9.0] * 3
    )
    assert (found.verdict, found.enough) == ("undecided", 8)


def test_further_runs_are_taken_to_vary_as_the_rows_own():
    # Variance 9 beside a table's 1, worth 4. Of n runs t(0.975, n + 3) *
    # sqrt((4 + 9 (n - 1)) / (n + 3) * (1/n + 1/100)): two 2.96, four 2.54, five
    # 2.36.
    runs = [50 - 9**0.5 / 2**0.5, 50 + 9**0.5 / 2**0.5]
    found = judge(runs, Printed(50, runs=100), others=(1.0, 1.0, 1.0))
    assert found.interval == pytest.approx((-2.96, 2.96), abs=0.005)
    assert (found.verdict, found.enough) == ("undecided", 5)


def test_few_rows_are_worth_no_more_than_their_own_freedom():
    # A row of two runs beside it: one degree, not four.
    variance, freedom = moderated([50, 52, 54], [9.0], known=1)
    shared = (9 + 4 / np.log(2)) / 2
    assert (variance, freedom) == (pytest.approx((shared + 2 * 4) / 3), 3)
    # Of one run, all that is known is theirs.
    assert moderated([50], [9.0], known=1) == (9.0, 1)
    rng = np.random.default_rng(0)
    called = 0
    for _ in range(2000):
        target, beside = rng.normal(50, 1, 1), rng.normal(50, 1, 2)
        number = Printed(rng.normal(50, 1))
        low, high = judge(
            target, number, others=[centred(beside)], known=1
        ).interval
        called += not low <= 0 <= high
    assert called / 2000 < 0.06


def test_of_two_halves_of_a_pool_the_common_images_do_not_count():
    # Two random fifths of FER2013's Training, at 52 %: 0.83 points, as seen.
    variance = sampling(52, Printed(52, images=5742, pool=28709), 5742)
    assert np.sqrt(variance) == pytest.approx(0.83, abs=0.005)
    rng = np.random.default_rng(0)
    right = rng.random(28709) < 0.52
    gaps = [
        100 * (right[rng.permutation(28709)[:5742]].mean()
               - right[rng.permutation(28709)[:5742]].mean())
        for _ in range(1000)
    ]  # fmt: skip
    assert np.std(gaps) == pytest.approx(np.sqrt(variance), rel=0.1)
    # The whole pool leaves nothing to chance.
    assert sampling(52, Printed(52, images=100, pool=100), 100) == 0
    assert sampling(52, Printed(52), 5742) == 0


@pytest.mark.parametrize(
    "values,number,verdict",
    [
        # The other rows' variance is 0.01: half-widths of about 0.3.
        ([90.0, 90.1, 90.2], 90.0, "reproduced"),
        # Outside the interval, but no more than a point away.
        ([90.0, 90.1, 90.2], 89.2, "reproduced"),
        ([90.0, 90.1, 90.2], 89.0, "higher"),
        ([90.0, 90.1, 90.2], 91.2, "lower"),
        # Noise buys nothing: wide, it is undecided however near.
        ([80.0, 90.0, 100.0], 90.0, "undecided"),
        ([89.9], 90.0, "reproduced"),
    ],
)
def test_words(values, number, verdict):
    found = judge(values, Printed(number), others=(0.01, 0.01, 0.01))
    assert found.verdict == verdict


def test_a_row_that_varies_more_never_has_the_narrower_interval():
    rng = np.random.default_rng(0)
    for _ in range(200):
        table = [rng.normal(50, sd, 3) for sd in rng.uniform(0.1, 3, 6)]
        found = []
        for k, runs in enumerate(table):
            others = [centred(x) for i, x in enumerate(table) if i != k]
            variance, _ = moderated(runs, others)
            found.append((np.var(runs, ddof=1), variance))
        widths = [variance for _, variance in sorted(found)]
        assert widths == sorted(widths)


def test_one_run_without_other_rows_says_nothing():
    assert judge([90.0], Printed(90.0)) is None


def test_weights_that_were_not_trained_have_no_seeds():
    found = judge([65.59], Printed(66.0), trained=False, images=7178)
    assert found.verdict == "reproduced"
    assert found.interval == pytest.approx((-0.41, -0.41))


def test_a_paper_that_prints_its_range_has_its_own_noise():
    # Four runs over 2.239 points: deviation 1, variance 1/4 of their mean,
    # 2.9 degrees of freedom; ours: 0.25 over four, four and three of freedom.
    ours = [81.5, 82.0, 82.5, 82.0]
    others = [np.var(ours, ddof=1)] * 3
    found = judge(ours, Printed(82.0, 4, 2.239), others=others)
    # The three are the median of the four.
    own = np.var(ours, ddof=1) / 4
    half = half_width([(own, 7), (0.25, 2.9)])
    assert found.interval == pytest.approx((-half, half))
    freedom = (own + 0.25) ** 2 / (own**2 / 7 + 0.25**2 / 2.9)
    expected = stats.t.ppf(0.975, freedom) * np.sqrt(own + 0.25)
    assert half == pytest.approx(expected)


@pytest.mark.parametrize("count", RANGES)
def test_ranges_are_those_of_a_normal_distribution(count):
    draws = np.random.default_rng(count).normal(size=(100_000, count))
    ranges = np.ptp(draws, axis=1)
    expected, freedom = RANGES[count]
    root = np.sqrt(np.square(ranges).mean())
    assert root == pytest.approx(expected, rel=0.005)
    # A chi of so many degrees of freedom varies as much about its mean.
    spread = stats.chi(freedom).std() / stats.chi(freedom).mean()
    assert ranges.std() / ranges.mean() == pytest.approx(spread, rel=0.03)


def test_folds_share_images_on_both_sides():
    # Variance 1 over folds, of which 1/9 is shared: on both sides.
    found = judge([9.0, 10.0, 11.0], Printed(10.0, runs=10), overlap=1 / 9)
    half = 4.30265 * np.sqrt(1 / 3 + 1 / 9 + 1 / 10 + 1 / 9)
    assert found.interval == pytest.approx((-half, half), abs=1e-4)


@pytest.mark.parametrize("rows", [4, 8])
@pytest.mark.parametrize("alike", [True, False])
def test_of_equal_truths_one_in_twenty_is_called_different(rows, alike):
    rng = np.random.default_rng(1)
    called, count = 0, 2000
    for _ in range(count):
        # Rows of one noise, or of noises as different as the prior supposes.
        sds = 2 * np.sqrt(
            np.ones(rows) if alike else 4 / rng.chisquare(4, rows)
        )
        runs = rng.normal(60, sds[:, None], (rows, 3))
        number = Printed(rng.normal(60, sds[0]))
        found = judge(runs[0], number, others=list(map(centred, runs[1:])))
        called += found.verdict in ("higher", "lower")
    assert 0.03 < called / count < 0.07


def test_margins_are_the_stated_ones():
    assert (CLOSE, WIDEST) == (1, 2.5)


def test_holm_by_hand():
    # Times 3, 2 and 1, none below the one before.
    assert holm([0.03, 0.01, 0.04]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.9, 0.8]) == [1, 1]
    assert holm([]) == []


def test_runs_without_a_number_have_no_verdict():
    assert judge([np.nan, 50, 51], Printed(50.0), others=[1.0]) is None


def test_folds_share_images_with_a_paper_that_prints_its_range():
    ours = [81.5, 82.0, 82.5, 82.0]
    variance = np.var(ours, ddof=1)
    printed = Printed(82.0, 4, 2.239)
    found = judge(ours, printed, others=[variance] * 3, overlap=1 / 9)
    share = 1 / 4 + 1 / 9
    half = half_width([(variance * share, 7), (share, 2.9)])
    assert found.interval == pytest.approx((-half, half))
