"""The paper's file against what the paper says of its networks and split."""

import math

import pytest

from ferkeras.build import build
from reproductions.chesley2021 import PAPER, TABLE1

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


def test_the_best_and_the_worst_row_are_the_papers():
    printed = {row.name[0]: row.reported["accuracy"] for row in TABLE1.rows}
    assert max(printed, key=printed.get) == "G"
    assert min(printed, key=printed.get) == "K"
    epochs = {row.name[0]: row.recipe.epochs for row in TABLE1.rows}
    assert sum(epochs.values()) == 2370


def test_pictures_and_sentences_are_about_rows_of_the_paper():
    names = {row.name for row in PAPER.rows}
    assert names >= {name for f in PAPER.figures for name in f.rows}
    assert names >= {statement.row for statement in PAPER.statements}
