"""Claims, from records whose numbers are known."""

import dataclasses
import json

import numpy as np
import pytest

from ferkeras.data import Fold
from ferkeras.papers import Comparison, Unit
from ferkeras.reports import claims, report
from ferkeras.runs.record import path_of, write_record
from ferkeras.runs.score_files import write_probabilities
from tests import tiny
from tests.made_up import PAPER, entry_of, with_pictures, write, write_run


def test_networks_are_tested_on_the_images_of_both(tmp_path):
    row, other, paper = left_is_better()
    faces = tiny.faces("test", 10)
    others = faces._replace(rows=faces.rows + 1)
    right = np.eye(2)[faces.labels]
    for seed, (ours, theirs, images) in enumerate(
        [(10, 4, faces), (9, 9, faces), (10, 4, others)]
    ):
        for each, count, kept in ((row, ours, faces), (other, theirs, images)):
            found = np.where(np.arange(10)[:, None] < count, right, 1 - right)
            unit = dataclasses.replace(
                tiny.unit(seed=seed), paper=PAPER, row=each
            )
            path = path_of(tmp_path, unit, ".probabilities.npz")
            path.parent.mkdir(parents=True, exist_ok=True)
            write_probabilities(path, found, kept)
    write(tmp_path, [100, 90, 100])
    write(tmp_path, [40, 90, 40], other)
    # Six to none: 2 of 64. The second pair is the same, the third no pair.
    # Differences 60, 0 and 60: t = 40 / (34.64 / sqrt(3)) = 2, p 0.18.
    line = "| 3 | 0.18 | 0.18 | 1 of 2 | undecided |"
    assert line in report.render(paper, tmp_path)


def test_rows_are_compared_over_the_seeds_of_both_or_wait(tmp_path):
    row, other = with_pictures().tables[0].rows
    paper = dataclasses.replace(
        with_pictures(),
        comparisons=(
            Comparison("left is better", row.name, "Other"),
            Comparison("right is better", "Other", row.name),
            Comparison("nobody knows", row.name, "A row to come"),
        ),
    )
    write(tmp_path, [81, 82.5, 83])
    text = report.render(paper, tmp_path)
    assert "No pair of runs yet: Tiny | net over Other; " in text
    assert "left is better" not in text
    write(tmp_path, [80, 81], other)
    text = report.render(paper, tmp_path)
    # Differences 1 and 1.5: t(0.975, 1) = 12.706, times a half of 0.5.
    assert (
        "| left is better | Tiny \\| net | Other | clean | +0.00 | +1.25 "
        "| -1.93 to +4.43 | 2 | 0.13 | 0.25 | – | undecided |" in text
    )
    # t = 1.25 / 0.25 = 5 with one degree of freedom: p 0.126, of two tests.
    line = (
        "| +0.00 | -1.25 | -4.43 to +1.93 | 2 | 0.13 | 0.25 | – | undecided |"
    )
    assert line in text
    assert "Tested here: 2, each at its own 5 %" in text
    assert "No pair of runs yet: Tiny | net over A row to come." in text


def test_a_claim_about_what_training_adds_is_measured_too(tmp_path):
    row, other = with_pictures().tables[0].rows
    claim = Comparison(
        "overfits less", row.name, "Other", score="generalisation"
    )
    numbers = {"accuracy": 80.0, "training": 90.0}
    other = dataclasses.replace(other, reported=numbers)
    table = dataclasses.replace(with_pictures().tables[0], rows=(row, other))
    paper = dataclasses.replace(
        with_pictures(), tables=(table,), comparisons=(claim,)
    )
    # Both have 50 % of their training images at the chosen epoch.
    write(tmp_path, [81, 82.5])
    write(tmp_path, [80, 81], other)
    text = report.render(paper, tmp_path)
    # Printed: 90 - 97.5 less 80 - 90.
    names = "net (generalisation) | Other (generalisation) | clean"
    assert f"| overfits less | Tiny \\| {names} | +2.50 | +1.25 |" in text


def left_is_better():
    """Two rows, and the paper that claims the first above the other."""
    row, other = with_pictures().tables[0].rows
    claim = Comparison("left is better", row.name, "Other")
    return (
        row,
        other,
        dataclasses.replace(with_pictures(), comparisons=(claim,)),
    )


def started_from(results, row, runs):
    """Say in a row's records which run of another row they started from."""
    for seed, run in enumerate(runs):
        unit = dataclasses.replace(tiny.unit(seed=seed), paper=PAPER, row=row)
        path = path_of(results, unit, ".json")
        entry = json.loads(path.read_text())
        name, digest = run[0], run[1:]
        entry["started_from"] = [{"row": name, "digest": digest, "layers": {}}]
        path.write_text(json.dumps(entry))


@pytest.mark.parametrize(
    "ours,theirs,verdict",
    [
        ("aa", "bb", "no verdict: one pre-training"),
        ("aa", None, "no verdict: one pre-training"),
        # Repeated for each seed; or what it did is in both rows alike.
        ("ab", "cd", "holds"),
        # Of one name, and not the same.
        (("a", "a1"), "bb", "holds"),
        ("aa", "aa", "holds"),
        ("ab", "ab", "holds"),
        (None, None, "holds"),
    ],
)
def test_what_was_pre_trained_once_decides_no_claim(
    ours, theirs, verdict, tmp_path
):
    row, other, paper = left_is_better()
    for each, runs, accuracies in (
        (row, ours, [90, 90.5]),
        (other, theirs, [80, 80.5]),
    ):
        write(tmp_path, accuracies, each)
        if runs:
            started_from(tmp_path, each, runs)
    assert f"| {verdict} |" in report.render(paper, tmp_path)


def test_a_network_that_has_not_learned_decides_no_claim(tmp_path):
    row, other, paper = left_is_better()
    write(tmp_path, [90, 90.5])
    # 50 % of the training images, of which 45 % are of one class.
    write(tmp_path, [80, 80.5], other, commonest=45.0)
    text = report.render(paper, tmp_path)
    assert "| no verdict: a network has not learned |" in text


def test_branches_of_one_row_are_compared(tmp_path):
    row, other = with_pictures().tables[0].rows
    claims = (
        Comparison(
            "large is better", row.name, row.name,
            score="branches/large", than_score="branches/small",
        ),
        Comparison("no matter", row.name, "Other", alike=True),
        Comparison("no matter", "Other", row.name, reported=0.3, alike=True),
    )  # fmt: skip
    paper = dataclasses.replace(with_pictures(), comparisons=claims)
    write(tmp_path, [81, 82])
    for seed, (small, large) in enumerate([(70.0, 72.0), (70.5, 72.5)]):
        unit = dataclasses.replace(tiny.unit(seed=seed), paper=PAPER, row=row)
        path = path_of(tmp_path, unit, ".json")
        entry = json.loads(path.read_text())
        entry["scores"]["branches"] = {"small": small, "large": large}
        path.write_text(json.dumps(entry))
    text = report.render(paper, tmp_path)
    names = "net (branches/large) | Tiny \\| net (branches/small)"
    line = f"| {names} | clean | – | +2.00 | +2.00 to +2.00 | 2 |"
    assert line.removeprefix("| ") in text
    assert f"{row.name} as Other; Other as {row.name}" in text
    # Within a point whatever the chance; no part of Holm's family.
    write(tmp_path, [81.25, 82.25], other)
    text = report.render(paper, tmp_path)
    line = "| clean | +0.00 | -0.25 | -0.25 to -0.25 | 2 | – | – | – | holds |"
    assert line in text
    assert "| clean | +0.30 | +0.25 |" in text
    assert "Tested here: 1," in text


def test_runs_from_one_pre_training_are_one_pair(tmp_path):
    row, other, paper = left_is_better()
    write(tmp_path, [81, 83, 82, 84], row)
    write(tmp_path, [80, 80, 80, 80], other)
    started_from(tmp_path, row, "aabb")
    # Differences 1 and 3 from the one, 2 and 4 from the other: 2 and 3, so
    # t(0.975, 1) = 12.706 times a half.
    line = "| +2.50 | -3.85 to +8.85 | 2 |"
    assert line in report.render(paper, tmp_path)


def test_what_folds_share_is_not_averaged_away(tmp_path):
    fold = Fold("test", of="train", folds=10)
    protocol = dataclasses.replace(tiny.PROTOCOLS[1], hold_outs=(fold,))
    row, other = with_pictures().tables[0].rows
    table = dataclasses.replace(
        with_pictures().tables[0], protocols=(protocol,)
    )
    claim = Comparison("left is better", row.name, "Other")
    paper = dataclasses.replace(
        with_pictures(), tables=(table,), comparisons=(claim,)
    )
    for each, scores in ((row, [81, 83, 82, 84]), (other, [80] * 4)):
        for seed, accuracy in enumerate(scores):
            unit = Unit(paper, table, each, protocol, seed)
            entry = entry_of(unit, accuracy)
            write_run(tmp_path, unit, entry)
            if each is row:
                start = {"row": "aabb"[seed], "digest": "", "layers": {}}
                entry["started_from"] = [start]
                write_record(tmp_path, unit, entry)
    # Pairs of 2 and 3 from two pre-trainings; 1/9 of two runs' variance each.
    half = 12.7062 * np.sqrt(0.5) * np.sqrt(1 / 2 + 2 / 9)
    low_high = f"{2.5 - half:+.2f} to {2.5 + half:+.2f}"
    assert f"| +2.50 | {low_high} | 2 |" in report.render(paper, tmp_path)


def test_a_doubtful_claim_is_not_among_those_that_are_corrected(tmp_path):
    row, other, paper = left_is_better()
    write(tmp_path, [90, 90.5])
    write(tmp_path, [80, 80.9], other, commonest=45.0)
    verdict = "no verdict: a network has not learned"
    assert f"| 2 | – | – | – | {verdict} |" in report.render(paper, tmp_path)


@pytest.mark.parametrize(
    "p,words",
    [(None, "–"), (np.nan, "–"), (0.0, "< 0.0001"), (0.0123, "0.012")],
)
def test_a_chance_in_words(p, words):
    assert claims.chance(p) == words
