"""Statements, from records whose numbers are known."""

import dataclasses

import numpy as np
import pytest

from ferkeras.reports import report
from ferkeras.runs.record import path_of
from ferkeras.runs.score_files import write_confusion, write_probabilities
from tests import tiny
from tests.made_up import PAPER, with_pictures, write


def test_statements_are_measured_over_all_runs_or_wait(tmp_path):
    write(tmp_path, [80, 82, 84])
    text = report.render(with_pictures(), tmp_path)
    row = "| goes right | Tiny \\| net | clean "
    assert row + "| [[3, 0], [0, 3]] ['left', 'right'] | no |" in text
    assert "goes left" not in text
    assert "No run yet to measure it on: Other." in text


@pytest.mark.parametrize(
    "right,holds",
    [
        ([True], "undecided: in 1 of 1 run"),
        ([True, True], "yes"),
        ([False, False], "no"),
        ([True, False, True], "undecided: in 2 of 3 runs"),
    ],
)
def test_runs_that_differ_leave_a_statement_undecided(tmp_path, right, holds):
    def measure(matrix, _):
        return "so many", matrix[0, 0] > matrix[0, 1]

    (statement, _) = with_pictures().statements
    paper = dataclasses.replace(
        with_pictures(),
        statements=(dataclasses.replace(statement, measure=measure),),
    )
    write(tmp_path, [80] * len(right))
    for seed, is_right in enumerate(right):
        unit = dataclasses.replace(
            tiny.unit(seed=seed), paper=PAPER, row=paper.tables[0].rows[0]
        )
        # One run that is very wrong outweighs the others' images.
        matrix = np.array([[1, 0], [0, 1]] if is_right else [[0, 9], [0, 1]])
        path = path_of(tmp_path, unit, ".confusion.csv")
        write_confusion(path, matrix, tiny.CLASSES)
    text = report.render(paper, tmp_path)
    assert (
        f"| {statement.words} | Tiny \\| net | clean | so many | {holds} |"
        in text
    )


def test_a_network_that_has_not_learned_bears_nothing_out(tmp_path):
    write(tmp_path, [80, 82, 84], commonest=45.0)
    text = report.render(with_pictures(), tmp_path)
    (line,) = (x for x in text.splitlines() if x.startswith("| goes right |"))
    assert line.endswith("| no verdict: a network has not learned |")


def test_statements_are_of_the_last_epoch_where_the_score_is(tmp_path):
    clean = dataclasses.replace(tiny.PROTOCOLS[0], at_last_epoch=True)
    table = dataclasses.replace(with_pictures().tables[0], protocols=(clean,))
    paper = dataclasses.replace(with_pictures(), tables=(table,))
    row, _ = table.rows
    write(tmp_path, [80, 82], row, protocol="paper")
    words = "| goes right | Tiny \\| net | paper, at the best epoch |"
    assert f"{words} [[2, 0], [0, 2]]" in report.render(paper, tmp_path)
    faces = tiny.faces("test", 10)
    wrong = np.eye(2)[1 - faces.labels]
    for seed in (0, 1):
        unit = dataclasses.replace(
            tiny.unit("paper", seed), paper=PAPER, row=row
        )
        path = path_of(tmp_path, unit, ".last-epoch.npz")
        write_probabilities(path, wrong, faces)
    left, right = 2 * np.bincount(faces.labels)
    line = f"| goes right | Tiny \\| net | paper | [[0, {left}], [{right}, 0]]"
    assert line in report.render(paper, tmp_path)
