"""Few labels of FER2013: what classifiers share, and start from."""

import numpy as np
import pytest

from ferkeras.data import Faces
from ferkeras.data.split_steps import part
from ferkeras.papers.paper import units
from reproductions.mohana2023 import PAPER, UNLABELLED

FER2013 = (3995, 436, 4097, 7215, 4830, 3171, 4965)


def few_labels(percent):
    """Tables of a share of the labels: pre-trained once, and for each run."""
    return [t for t in PAPER.tables if t.name.endswith(f": {percent} %")]


@pytest.mark.parametrize(
    "percent,count,disgust", [(1, 287, 4), (5, 1435, 22), (10, 2870, 44)]
)
def test_few_labels_are_drawn_alike_for_all_rows(percent, count, disgust):
    def read(split):
        labels = np.repeat(np.arange(7), FER2013)
        rows = np.arange(len(labels) if split == "train" else 3589)
        return Faces(np.zeros((len(rows), 1), np.uint8), labels[rows], rows)

    once, repeated = few_labels(percent)
    (protocol,) = once.protocols
    assert repeated.protocols == once.protocols
    first, second = (
        part(read, protocol.train, protocol.hold_outs, run) for run in (0, 1)
    )
    chooses = part(read, protocol.select, protocol.hold_outs)
    assert len(chooses.labels) == 359
    assert len(first.labels) == count
    assert abs(sum(first.labels == 1) - disgust) <= 1
    assert {*first.rows} != {*second.rows}
    # All else is the same, too.
    kinds = [
        {k: v for k, v in row.describe().items() if k != "start_from"}
        for row in (*once.rows, *repeated.rows)
    ]
    assert all(other == kinds[0] for other in kinds)
    assert len(kinds) == 8


def test_one_autoencoder_of_each_sparsity_serves_every_run_and_says_so():
    for share in ("1 %", "100 %"):
        found = units(PAPER, [f"{share}: sparsity 1e-4"])
        stages = [stage for unit in found for stage in unit.stages]
        assert len(stages) == 3
        assert {str(x) for x in stages} == {
            "FER2013, sparsity 1e-4, clean, seed 0"
        }
        network = {"sparsity": 1e-4, "momentum": 0.9}
        assert stages[0].row.model.keywords == network
    for table in (UNLABELLED[0], few_labels(1)[0], few_labels(100)[0]):
        assert table.note.startswith("One pre-training of two epochs")


@pytest.mark.parametrize("percent", [1, 5, 10, 100])
def test_pre_training_is_repeated_with_each_run(percent):
    once, repeated = few_labels(percent)
    assert repeated.rows[0] is once.rows[0]
    assert UNLABELLED[1].runs == repeated.runs == 3
    for row, autoencoder in zip(
        repeated.rows[1:], UNLABELLED[1].rows, strict=True
    ):
        assert autoencoder.recipe.epochs == 10
        stages = [unit.stages for unit in units(PAPER, [row.name])]
        assert [[str(x) for x in stage] for stage in stages] == [
            [f"{autoencoder.name}, clean, seed {seed}"] for seed in range(3)
        ]
    # Every claim on the ones that were run once is tried on these as well.
    claims = [
        [
            (x.words, [r.name for r in table.rows].index(x.than))
            for x in PAPER.comparisons
            if x.row in [row.name for row in table.rows[1:]]
        ]
        for table in (once, repeated)
    ]
    assert claims[0] == claims[1] and len(claims[0]) == 4
