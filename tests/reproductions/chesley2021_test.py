"""The paper's file against what the paper says of its networks and split."""

import math
import os
from pathlib import Path

import pytest

from ferkeras.data import Faces, no_augmentation
from ferkeras.data.split_steps import part
from ferkeras.training.build import build
from reproductions.chesley2021 import PAPER, TABLE1
from tfds_builders.fer2013 import reader

pytestmark = pytest.mark.any_backend

MANUAL_DIR = os.environ.get("FERKERAS_MANUAL_DIR", "")

# papers.md, section 8; batch normalisation without its moving averages.
PARAMETERS = {
    "A": 464619,
    "B": 464619,
    "C": 464619,
    "D": 464619,
    "E": 211371,
    "F": 211839,
    "G": 254239,
    "H": 23462599,
    "I": 168971,
    "J": 485671,
    "K": 700455,
    "L": 66877,
    "M": 217575,
}


@pytest.mark.parametrize("row", TABLE1.rows, ids=lambda row: row.name)
def test_each_row_has_the_networks_parameters(row):
    weights = build(row, 7).classifier.trainable_weights
    count = sum(math.prod(weight.shape) for weight in weights)
    assert count == PARAMETERS[row.name[0]]


# papers.md, section 2.1: validation and training accuracy, epoch.
PRINTED = """
    A 48.31 96.41 20
    B 53.62 76.10 210
    C 50.05 75.49 60
    D 55.22 56.22 320
    E 57.72 63.48 280
    F 53.31 99.86 130
    G 61.37 87.125 460
    H 47.20 60.92 20
    I 50.30 63.98 10
    J 48.20 69.66 150
    K 31.45 32.07 450
    L 52.12 66.26 200
    M 49.56 65.03 60
"""


@pytest.mark.parametrize(
    "line,row",
    list(zip(PRINTED.split("\n")[1:-1], TABLE1.rows, strict=True)),
)
def test_each_row_has_the_papers_numbers(line, row):
    letter, accuracy, training, epochs = line.split()
    assert row.name[0] == letter
    assert row.reported["accuracy"] == float(accuracy)
    assert row.reported["training"] == float(training)
    assert row.recipe.epochs == int(epochs)
    augmented = row.recipe.augment is not no_augmentation
    assert augmented == (letter in "BDG")


def test_sec_ii_e_is_another_run():
    first, second = (row for t in PAPER.tables[1:2] for row in t.rows)
    numbers = {"accuracy": 48.56, "training": 60.90}
    assert (first.reported, second.reported) == (numbers, {})
    assert (first.recipe.epochs, second.recipe.epochs) == (340, 60)
    for row in (first, second):
        optimizer = row.recipe.phases[0].build_optimizer(1)
        assert float(optimizer.learning_rate) == pytest.approx(5e-3)


def test_the_paper_is_quoted_at_the_tables_epoch_and_nowhere_else():
    first, second = TABLE1.protocols
    assert (first.papers, first.at_last_epoch) == (True, True)
    assert (second.papers, second.at_last_epoch) == (False, False)
    assert (first.others.images, first.others.pool) == (5742, 28709)


def test_matrices_are_shown_in_the_order_of_folders():
    shown = [f for f in PAPER.figures if f.kind == "confusion"]
    assert len(shown) == 3
    for figure in shown:
        assert list(figure.classes) == sorted(reader.CLASS_NAMES)


def test_pictures_and_sentences_are_about_rows_of_the_paper():
    names = {row.name for row in PAPER.rows}
    assert names >= {name for f in PAPER.figures for name in f.rows}
    assert names >= {statement.row for statement in PAPER.statements}


@pytest.mark.skipif(
    not Path(MANUAL_DIR, "fer2013.csv").is_file(),
    reason="set FERKERAS_MANUAL_DIR to the folder of fer2013.csv to divide the "
    "real images",
)
def test_pictures_are_repeated_on_both_sides_as_the_notes_say():
    splits = reader.read(None, MANUAL_DIR)

    def read(name):
        columns = splits[name]
        return Faces(columns["image"], columns["label"], columns["row"])

    for protocol, count in zip(TABLE1.protocols, (22967, 25838), strict=True):
        train, scored = (
            part(read, name, protocol.hold_outs)
            for name in (protocol.train, protocol.test)
        )
        assert len(train.labels) == count
        pictures = {image.tobytes() for image in train.images}
        repeated = sum(image.tobytes() in pictures for image in scored.images)
        assert 0 < repeated < 0.1 * len(scored.labels)
