"""Which images training has too, from the real files."""

import os
from pathlib import Path

import numpy as np
import pytest

from ferkeras.data import Datasets
from ferkeras.data.repeats import repeated
from ferkeras.papers.paper import units
from ferkeras.reports.summary import seeds_recorded
from ferkeras.runs.record import is_complete, path_of, read_record
from ferkeras.runs.training_has import training_has
from reproductions import papers
from reproductions.commands.building import read_without_tensorflow
from reproductions.commands.prepare import reader_of

RESULTS = Path(__file__).parents[2] / "results"
MANUAL_DIR = os.environ.get("FERKERAS_MANUAL_DIR", "")
pytestmark = [
    pytest.mark.any_backend,
    pytest.mark.skipif(
        not Path(MANUAL_DIR, "fer2013.csv").is_file(),
        reason="set FERKERAS_MANUAL_DIR to the folder of fer2013.csv",
    ),
    pytest.mark.filterwarnings("ignore:.*images of"),
]


@pytest.fixture(scope="module")
def datasets(tmp_path_factory):
    """FER2013 as it is read from its file."""
    found = Datasets(tmp_path_factory.mktemp("data"))
    _, config, reader = reader_of("fer2013")
    source = read_without_tensorflow("fer2013", config, reader, MANUAL_DIR)
    found.source = {"fer2013": source}.__getitem__
    return found


def test_training_has_every_twelfth_image_of_the_others(datasets):
    def shared(*splits):
        parts = (datasets.outline("fer2013", split) for split in splits)
        return repeated(*parts).sum()

    assert shared("validation", "train") == 287
    assert shared("test", "train") == 288
    assert shared("test", "validation") == 44


# Rounded to ties with one that training has too, an image or two of these may
# be right or wrong: the records are from before such accuracies.
UNKNOWN = {
    "I: LeNet5, paper, seed 6",
    "J, 4 epochs at 1e-4: pixels from -1 to 1, trial, seed 0",
    "M, Sec. II.E, paper, seed 0",
    "mini-Xception (Arriaga et al.), clean, seed 0",
}
KEPT = {
    "scores": ".probabilities.npz",
    "scores_at_last_epoch": ".last-epoch.npz",
}


def images_of(unit):
    """What decides the images of a unit and of what it starts from."""
    return [
        (each.protocol.images, any(x.varies for x in steps) and each.seed)
        for each in (unit, *unit.stages)
        for steps in [each.protocol.hold_outs]
    ]


def test_records_say_so(datasets):
    found, compared = {}, 0
    for paper in papers():
        for unit in units(paper, runs=seeds_recorded(paper, RESULTS)):
            entry = read_record(RESULTS, unit)
            if unit.row.dataset != "fer2013" or not is_complete(entry):
                continue
            key = repr(images_of(unit))
            if key not in found:
                found[key] = training_has(unit, datasets)
            if found[key] is None:
                continue
            others = ~found[key]
            for key, kept in KEPT.items():
                path = path_of(RESULTS, unit, kept)
                told = entry.get(key, {}).get("unseen")
                if not path.exists() or (not told and str(unit) in UNKNOWN):
                    continue
                with np.load(path) as file:
                    right = file["probabilities"].argmax(-1) == file["label"]
                assert told["images"] == others.sum(), unit
                # Of older files, an image or two are rounded to ties.
                whole = entry[key]["accuracy"] / 100 * len(right) - right.sum()
                count = told["accuracy"] * others.sum() / 100
                assert count - right[others].sum() == pytest.approx(whole), unit
                compared += 1
    assert compared > 120
