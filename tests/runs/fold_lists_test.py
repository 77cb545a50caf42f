"""Lists of folds against what the runs of those folds score."""

import csv
import dataclasses

import numpy as np
import pytest

from ferkeras.data import Draw, Faces, Fold, HoldOut, part
from ferkeras.papers import Unit
from ferkeras.runs.fold_lists import write_folds
from tests import tiny

# Rows of the published file, of which every tenth is missing.
ROWS = np.array([row for row in range(100) if row % 10])
WHOLE = Faces(ROWS, ROWS % 2, ROWS, np.array([f"S{row % 7}" for row in ROWS]))
DRAWN = (
    Draw("few", of="train", images=40, runs=4),
    Fold("test", of="few", folds=4),
)


class Stub:
    """Stands in for `Datasets`."""

    def __init__(self, whole):
        self.whole = whole

    def faces(self, dataset, split, hold_outs, size, colours=1, run=0):
        return part(lambda name: self.whole, split, hold_outs, run)


def unit(seed, *steps):
    protocol = dataclasses.replace(tiny.PROTOCOLS[1], hold_outs=steps)
    return Unit(tiny.PAPER, tiny.TABLE, tiny.ROW, protocol, seed)


def read(folder, name):
    with open(folder / "tiny1999/clean" / name, newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("by", ["image", "subject"])
def test_a_list_says_in_which_run_an_image_is_scored(by, tmp_path):
    fold = Fold("test", of="train", folds=5, by=by)
    write_folds(tmp_path, unit(8, fold), Stub(WHOLE))
    lines = read(tmp_path, "5-folds-of-synthetic-noise-train-1.csv")
    assert [int(line["row"]) for line in lines] == ROWS.tolist()
    assert [line["subject"] for line in lines] == WHOLE.subjects.tolist()
    for number in range(5):
        # The runs of the second division.
        scored = part(lambda name: WHOLE, "test", (fold,), 5 + number)
        listed = [x["row"] for x in lines if x["fold"] == str(number)]
        assert listed == [str(row) for row in scored.rows]


def test_a_list_says_what_each_run_trains_on_and_holds_out(tmp_path):
    steps = (
        Fold("test", of="train", folds=5),
        HoldOut("validation", of="train", share=0.2),
    )
    write_folds(tmp_path, unit(7, *steps), Stub(WHOLE))
    lines = read(tmp_path, "5-folds-of-synthetic-noise-train-1.csv")
    assert [*lines[0]][3:] == [f"run_{run}" for run in range(5, 10)]
    for run in range(5, 10):
        for use, name in zip(
            ("train", "select", "test"),
            ("train", "validation", "test"),
            strict=True,
        ):
            used = part(lambda name: WHOLE, name, steps, run)
            listed = [x["row"] for x in lines if x[f"run_{run}"] == use]
            assert listed == [str(row) for row in used.rows]


def test_every_run_of_a_division_writes_the_same_list(tmp_path):
    texts = set()
    for seed in range(4):
        write_folds(tmp_path, unit(seed, *DRAWN), Stub(WHOLE))
        (path,) = tmp_path.glob("tiny1999/clean/*.csv")
        assert path.name == "4-folds-of-synthetic-noise-few-0.csv"
        texts.add(path.read_bytes())
    assert len(texts) == 1
    write_folds(tmp_path, unit(4, *DRAWN), Stub(WHOLE))
    first, second = (
        [line["row"] for line in read(tmp_path, path.name)]
        for path in sorted(tmp_path.glob("tiny1999/clean/*.csv"))
    )
    # Another division is of other images.
    assert len(first) == len(second) == 40 and first != second


def test_without_subjects_there_is_no_such_column(tmp_path):
    nobody = WHOLE._replace(subjects=None)
    write_folds(tmp_path, unit(0, *DRAWN), Stub(nobody))
    lines = read(tmp_path, "4-folds-of-synthetic-noise-few-0.csv")
    runs = [f"run_{run}" for run in range(4)]
    assert [*lines[0]] == ["row", "fold", *runs]


def test_without_folds_nothing_is_written(tmp_path):
    write_folds(tmp_path, unit(0, DRAWN[0]), Stub(WHOLE))
    assert not list(tmp_path.iterdir())
