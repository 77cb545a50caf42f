"""A row without phases: weights that others published, scored as they are."""

import dataclasses
import hashlib

import numpy as np
import pytest

from ferkeras.data import no_augmentation
from ferkeras.papers import Protocol, Recipe, Start, Table, Unit
from ferkeras.reports.pictures import of_table
from ferkeras.reports.summary import summarise
from ferkeras.runs.pending import cheapest_first, pending
from ferkeras.runs.record import is_complete, path_of, read_record
from ferkeras.runs.work_queue import work_through
from ferkeras.weights import FILES, PretrainedFile
from tests import tiny

NAME = "made up"
PROTOCOL = Protocol("public", "", "", "test", "Nothing is trained.")
ROW = dataclasses.replace(
    tiny.ROW,
    name="Published",
    recipe=Recipe((), 20, no_augmentation, ("nothing",)),
    start_from=(Start(NAME, {"dense": "dense"}),),
)
TABLE = Table("Published weights", 1, (PROTOCOL,), (ROW,))
PAPER = dataclasses.replace(tiny.PAPER, tables=(tiny.TABLE, TABLE))
UNIT = Unit(PAPER, TABLE, ROW, PROTOCOL, 0)


@pytest.fixture
def datasets(tmp_path, monkeypatch):
    """Noise, and published weights that find everything on the right."""
    path = tmp_path / "data" / "weights" / "made_up.npz"
    path.parent.mkdir(parents=True)
    np.savez(path, kernel=np.zeros((100, 2)), bias=np.array([0.0, 1.0]))
    file = PretrainedFile(
        path.name,
        "https://tiny.test",
        hashlib.sha256(path.read_bytes()).hexdigest(),
        lambda path: dict(np.load(path)),
        lambda x: {"dense": [x.pop("kernel"), x.pop("bias")]},
        unused="",
    )
    monkeypatch.setitem(FILES, NAME, file)
    noise = tiny.Noise()
    noise.data_dir = tmp_path / "data"
    return noise


@pytest.fixture
def results(tmp_path, datasets):
    """Where a queue has run the row, and how it asked for images."""
    results = tmp_path / "results"
    queue = pending([UNIT], results, datasets)
    assert work_through(queue, results, datasets, "c") == 0
    return results


def test_its_record_is_complete_and_says_that_nothing_was_trained(results):
    entry = read_record(results, UNIT)
    assert is_complete(entry)
    assert entry["epochs"] == {"done": 0, "planned": 0, "best": 0}
    assert entry["protocol"]["train"] == ""
    assert entry["protocol"]["checkpoint_chosen_on"] == ""
    assert entry["selection_accuracy"] is None
    assert entry["seconds"] == entry["images_per_second"] == 0
    assert entry["optimizers"] == entry["experiment"]["phases"] == []
    assert [*entry["dataset"]["images"]] == ["test"]
    (start,) = entry["started_from"]
    assert start["layers"] == {"dense": "dense"}


def test_the_published_weights_are_what_is_scored(results):
    labels = tiny.faces("test").labels
    score = read_record(results, UNIT)["scores"]["accuracy"]
    assert score == pytest.approx(100 * labels.mean())
    with np.load(path_of(results, UNIT, ".probabilities.npz")) as file:
        right = file["probabilities"][:, 1]
    np.testing.assert_allclose(right, 1 / (1 + np.exp(-1)), atol=1e-3)


def test_it_leaves_a_model_and_a_log_but_no_history_and_no_curves(results):
    assert not path_of(results, UNIT, ".history.csv").exists()
    work = results / "work" / UNIT.folder / "seed0"
    there = {path.name for path in work.iterdir()}
    assert {"model.keras", "tensorboard"} <= there
    assert not {"history.csv", "snapshot.npz"} & there
    assert any((work / "tensorboard").iterdir())
    *_, line = summarise(PAPER, results)
    assert line.row is ROW
    (picture,) = of_table(line.table, [line])
    assert picture.path.endswith("-confusion.png")


def test_only_the_scored_images_are_read(results, datasets):
    assert {*datasets.asked} == {"test"}
    assert PROTOCOL.splits == ("test",) and not PROTOCOL.selects_on_test


def test_a_second_run_is_skipped(results, datasets):
    assert pending([UNIT], results, datasets) == []


def test_a_queue_has_it_beside_rows_that_train(tmp_path, datasets):
    trained = dataclasses.replace(tiny.unit(), paper=PAPER)
    queue = cheapest_first([trained, UNIT], tmp_path)
    assert queue == [UNIT, trained]
    # The other way round: what is left is reckoned while one trains.
    assert work_through(queue[::-1], tmp_path, datasets, "c") == 0
    assert all(is_complete(read_record(tmp_path, unit)) for unit in queue)
    assert cheapest_first([trained, UNIT], tmp_path) == queue


def test_without_its_file_it_is_not_run(tmp_path, datasets):
    (datasets.data_dir / "weights" / "made_up.npz").unlink()
    with pytest.raises(FileNotFoundError, match="Download https://tiny.test"):
        pending([UNIT], tmp_path, datasets)
