"""The paper's file against what the paper prints."""

from pathlib import Path

import numpy as np
import pytest

from ferkeras.papers.paper import units
from ferkeras.reports.summary import summarise
from reproductions.falahzadeh2021 import (
    CK_PLUS,
    CK_PLUS_CLASSES,
    CK_PLUS_COPIES,
    CK_PLUS_MATRIX,
    CK_PLUS_STEPS,
    JAFFE,
    JAFFE_CLASSES,
    JAFFE_COPIES,
    JAFFE_MATRIX,
    JAFFE_STEPS,
    PAPER,
)

# papers.md, section 4.1: on JAFFE, on CK+.
PRINTED = {
    "conv1 frozen": (76.25, 78.68),
    "conv1-2 frozen": (76.40, 79.3),
    "conv1-3 frozen": (80.65, 81.12),
    "original image, conv1-4 frozen": (83.35, 84.86),
    "3-channel": (90.10, 91.36),
    "3-channel + aug": (92.02, 93.12),
    "3-channel + aug + dropout": (92.41, 93.66),
}
PAPERS = (JAFFE, JAFFE_STEPS), (CK_PLUS, CK_PLUS_STEPS)
pytestmark = pytest.mark.any_backend


def test_the_rows_have_the_papers_numbers():
    for place, tables in enumerate(PAPERS):
        # Four rows a table, of which one is in both.
        assert [len(table.rows) for table in tables] == [4, 4]
        found = {
            row.name.partition(": ")[2]: row.reported["accuracy"]
            for table in tables
            for row in table.rows
        }
        assert found == {name: both[place] for name, both in PRINTED.items()}
    printed = (*PAPERS[0], JAFFE_COPIES, *PAPERS[1], CK_PLUS_COPIES)
    ours = [table for table in PAPER.tables if table not in printed]
    assert not any(row.reported for table in ours for row in table.rows)
    losses = [steps.rows[-1].reported["selection_loss"] for _, steps in PAPERS]
    assert losses == [0.6, 0.5]
    # No two rows are the same experiment.
    digests = [unit.digest for unit in units(PAPER, runs=1)]
    assert len({*digests}) == len(digests)


def test_only_rows_with_augmentation_have_copies():
    for (table, steps), copies in zip(
        PAPERS, (JAFFE_COPIES, CK_PLUS_COPIES), strict=True
    ):
        assert copies.rows == steps.rows[-2:]
        plain = (*table.rows, *steps.rows[:-2])
        assert not any("aug" in row.name for row in plain)
        (protocol,) = copies.protocols
        assert [p.name for p in steps.protocols] == ["paper", "clean"]
        assert protocol.name == "paper_like"
        # All but the last row's numbers are judged under its own protocol.
        judged = [p.papers for p in (*steps.protocols, protocol)]
        assert judged == [True, False, False]
    found = units(PAPER, protocols=["paper_like"], runs=1)
    assert [unit.row.name for unit in found] == [
        f"{dataset}: 3-channel + aug{more}"
        for dataset in ("JAFFE", "CK+")
        for more in ("", " + dropout")
    ]
    # The other protocols of these rows stay Table 3's.
    assert [
        line.protocol.name
        for line in summarise(PAPER, Path("none"))
        if line.row is JAFFE_STEPS.rows[-1]
    ] == ["paper", "clean", "paper_like"]


def test_the_last_rows_numbers_are_judged_where_they_are_counted():
    judged = {
        line.row.name: line.protocol.name
        for line in summarise(PAPER, Path("none"))
        if line.judged
    }
    of_copies = {name for name, under in judged.items() if under != "paper"}
    assert of_copies == {
        f"{dataset}: 3-channel + aug + dropout" for dataset in ("JAFFE", "CK+")
    }
    assert {judged[name] for name in of_copies} == {"paper_like"}
    # All images are scored in ten folds: their drawing is in the folds.
    assert all(p.others is None for t in PAPER.tables for p in t.protocols)


def test_only_the_last_rows_accuracies_are_of_as_many_images():
    # All 16 that Tables 2 and 3 print, as of 7 classes of 64 and 178 images.
    tables = [
        [row.reported["accuracy"] for table in both for row in table.rows]
        for both in PAPERS
    ]
    assert [len(printed) for printed in tables] == [8, 8]
    right = [
        {
            accuracy: correct
            for accuracy in printed
            for correct in [round(accuracy * images / 100)]
            # Printed to a hundredth.
            if abs(100 * correct / images - accuracy) <= 0.005
        }
        for printed, images in zip(tables, (7 * 64, 7 * 178), strict=True)
    ]
    assert right == [{92.41: 414}, {93.66: 1167}]
    for table in (JAFFE_COPIES, CK_PLUS_COPIES):
        (protocol,) = table.protocols
        assert "92.41 and 93.66, are 414 of 7 x 64" in protocol.note
        assert "second reading is of 64 and 178 images" in protocol.note


@pytest.mark.parametrize(
    "table,classes,matrix,mean,images",
    [
        (JAFFE_COPIES, JAFFE_CLASSES, JAFFE_MATRIX, 92.411, 64),
        (CK_PLUS_COPIES, CK_PLUS_CLASSES, CK_PLUS_MATRIX, 93.660, 178),
    ],
)
def test_printed_matrices_are_of_as_many_images_of_each_class(
    table, classes, matrix, mean, images
):
    matrix, last = np.array(matrix), table.rows[-1]
    assert matrix.trace() / 7 == pytest.approx(mean, abs=5e-4)
    assert last.reported["accuracy"] == pytest.approx(mean, abs=5e-3)
    assert matrix.sum(1) == pytest.approx(100, abs=0.02)
    counts = matrix * images / 100
    # Printed to a hundredth, and now and then a hundredth off.
    assert np.abs(counts - counts.round()).max() < 0.015 * images / 100
    # The same as in `paper_like`, over its ten folds.
    ((copies, _),) = (protocol.hold_outs for protocol in table.protocols)
    assert copies.per_class == 10 * images
    recalls = last.reported["classes"]
    assert [recalls[name] for name in classes] == list(matrix.diagonal())


def test_pictures_sentences_and_claims_are_about_rows_of_the_paper():
    rows = {row.name for row in PAPER.rows}
    about = {name for figure in PAPER.figures for name in figure.rows}
    about |= {statement.row for statement in PAPER.statements}
    about |= {name for x in PAPER.comparisons for name in (x.row, x.than)}
    assert about <= rows
    shown = {(figure.name, figure.rows[0][:3]) for figure in PAPER.figures}
    assert shown == {
        ("Figure 8", "JAF"),
        ("Figure 9", "CK+"),
        ("Figures 10 and 12", "JAF"),
        ("Figures 11 and 13", "CK+"),
    }
