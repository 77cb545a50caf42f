"""Verdicts of rows and claims, from records whose numbers are known."""

import dataclasses

import numpy as np
import pytest

from ferkeras import report
from ferkeras.comparisons import Comparison
from ferkeras.record import path_of, write_probabilities, write_record
from ferkeras.summary import summarise
from tests import tiny
from tests.made_up import PAPER, entry_of, with_pictures, write


@pytest.mark.parametrize(
    "accuracies,verdict",
    [
        # 90 is the paper's; intervals by t(0.975, 2) = 4.303.
        ([89.5], "reproduced"),
        ([88.9], "not reproduced"),
        ([91.0], "reproduced"),
        ([91.1], "exceeded"),
        ([86.0, 88.0, 90.0], "reproduced"),
        # The interval is wide; a run is missing.
        ([86.0, 88.0], "not reproduced"),
        ([92.0, 92.1, 92.2], "exceeded"),
        ([], "not run"),
    ],
)
def test_a_verdict_is_by_the_interval_or_one_point(
    accuracies, verdict, tmp_path
):
    write(tmp_path, accuracies)
    assert summarise(PAPER, tmp_path)[1].verdict == verdict
    for seed, accuracy in enumerate(accuracies):
        unit = dataclasses.replace(tiny.unit(seed=seed), paper=PAPER)
        write_record(tmp_path, unit, entry_of(unit, accuracy, synthetic=True))
    expected = "" if accuracies else "not run"
    assert summarise(PAPER, tmp_path)[1].verdict == expected


def test_both_protocols_are_beside_each_other_in_the_index(tmp_path):
    write(tmp_path, [80.0, 82.0])
    unit = dataclasses.replace(tiny.unit("paper"), paper=PAPER)
    write_record(tmp_path, unit, entry_of(unit, 90.5))
    text = report.index([PAPER], tmp_path)
    runs = PAPER.tables[0].runs
    assert f"| reproduced | 90.50 (1 of {runs} runs) |" in text
    assert "| -9.50 | Table 1 |" in text


def test_networks_are_tested_on_the_images_of_both(tmp_path):
    row, other = with_pictures().tables[0].rows
    claim = Comparison("left is better", row.name, "Other")
    paper = dataclasses.replace(with_pictures(), comparisons=(claim,))
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
    assert "| 3 | 1 of 2 | undecided |" in report.render(paper, tmp_path)


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
        "| -1.93 to +4.43 | 2 | – | undecided |" in text
    )
    assert "| +0.00 | -1.25 | -4.43 to +1.93 | 2 | – | undecided |" in text
    assert "No pair of runs yet: Tiny | net over A row to come." in text


def test_statements_are_measured_over_all_runs_or_wait(tmp_path):
    write(tmp_path, [80, 82, 84])
    text = report.render(with_pictures(), tmp_path)
    row = "| goes right | Tiny \\| net | clean "
    assert row + "| [[3, 0], [0, 3]] ['left', 'right'] | no |" in text
    assert "goes left" not in text
    assert "No run yet to measure it on: Other." in text
