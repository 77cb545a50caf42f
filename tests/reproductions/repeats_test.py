"""Which images training has too, from the real files."""

import os
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from ferkeras.data import Datasets
from ferkeras.papers.paper import units
from ferkeras.reports.summary import seeds_recorded
from ferkeras.runs.record import is_complete, path_of, read_record
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
    def shared(split, of):
        return datasets.repeated("fer2013", split, of, ()).sum()

    assert shared("validation", "train") == 287
    assert shared("test", "train") == 288
    assert shared("test", "validation") == 44


def test_records_say_so(datasets):
    repeated, compared = cache(datasets.repeated), 0
    for paper in papers():
        for unit in units(paper, runs=seeds_recorded(paper, RESULTS)):
            entry, at = read_record(RESULTS, unit), unit.protocol
            if unit.row.dataset != "fer2013" or not is_complete(entry):
                continue
            parts = at.test, at.train, at.hold_outs
            if "unseen" not in entry["scores"]:
                continue
            run = unit.seed if any(x.varies for x in at.hold_outs) else 0
            others = ~repeated("fer2013", *parts, run)
            path = path_of(RESULTS, unit, ".probabilities.npz")
            with np.load(path) as file:
                right = file["probabilities"].argmax(-1) == file["label"]
            told = entry["scores"]["unseen"]
            assert told["images"] == others.sum(), unit
            # Older files of predictions have an image or two rounded to ties.
            count = told["accuracy"] * others.sum() / 100
            assert abs(count - right[others].sum()) < 2.5, unit
            compared += 1
    assert compared > 100
