"""One unit from data to files, and what a queue makes of units."""

import csv
import json

import keras
import numpy as np
import pytest

from ferkeras import record
from ferkeras.record import is_complete, path_of, read_record
from ferkeras.reproduce import reproduce
from ferkeras.train import OutOfTime
from ferkeras.work_queue import duration, work_through
from tests import tiny


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A finished clean unit: results folder, record and what was read."""
    results = tmp_path_factory.mktemp("results")
    noise = tiny.Noise()
    entry = reproduce(tiny.unit(), results, noise, "the command")
    return results, entry, noise


def test_record_says_where_the_number_comes_from(run):
    results, entry, _ = run
    assert entry == json.loads(
        (results / "tiny1999/clean/tiny-net/seed0.json").read_text()
    )
    assert entry["status"] == "complete"
    assert entry["epochs"] == {"done": 6, "planned": 6} | {
        "best": entry["epochs"]["best"]
    }
    assert entry["protocol"]["checkpoint_chosen_on"] == "validation"
    assert entry["dataset"]["images"] == {
        "train": 90,
        "validation": 90,
        "test": 90,
    }
    fingerprint = tiny.faces("test").fingerprint
    assert entry["dataset"]["fingerprint"]["test"] == fingerprint
    optimizers = [p["optimizer"] for p in entry["experiment"]["phases"]]
    assert [o["class"] for o in optimizers] == ["Adam", "SGD"]
    # A default of Keras, which the row does not mention.
    assert optimizers[0]["beta_2"] == 0.999
    assert entry["command"] == "the command"
    assert entry["versions"]["keras"] == keras.__version__
    assert entry["commit"] and entry["device"]


def test_probabilities_and_confusion_agree_with_the_score(run):
    results, entry, _ = run
    with np.load(path_of(results, tiny.unit(), ".probabilities.npz")) as file:
        assert file["probabilities"].dtype == np.float16
        right = file["probabilities"].argmax(-1) == file["label"]
        assert (file["row"] == np.arange(90)).all()
    assert 100 * right.mean() == pytest.approx(entry["scores"]["accuracy"])
    path = path_of(results, tiny.unit(), ".confusion.csv")
    with open(path) as file:
        assert next(csv.reader(file))[1:] == list(tiny.CLASSES)
    matrix = record.read_confusion(path)
    assert np.trace(matrix) == right.sum()
    assert (matrix.sum(1) == np.bincount(tiny.faces("test").labels)).all()


def test_clean_protocol_reads_the_test_split_only_after_training(run):
    assert run[2].asked == ["train", "validation", "test"]


def test_clean_protocols_do_not_select_on_test():
    assert [p.selects_on_test for p in tiny.PROTOCOLS] == [True, False]


def test_a_finished_run_leaves_models_and_logs_but_no_snapshot(run):
    work = run[0] / "work/tiny1999/clean/tiny-net/seed0"
    names = {path.name for path in work.iterdir()}
    assert {"model.keras", "tensorboard", "history.csv"} <= names
    assert not any("snapshot" in n or "best" in n for n in names)


def test_a_queue_skips_what_is_recorded(run, capsys):
    results, entry, _ = run
    noise = tiny.Noise()
    assert work_through([tiny.unit()], results, noise, "again") == 0
    assert noise.asked == []
    assert read_record(results, tiny.unit()) == entry


def test_a_stopped_run_is_recorded_as_incomplete_and_has_no_scores(tmp_path):
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 2:
                raise KeyboardInterrupt

    noise = tiny.Noise()
    with pytest.raises(KeyboardInterrupt):
        reproduce(tiny.unit(), tmp_path, noise, "c", callbacks=[Stop()])
    entry = read_record(tmp_path, tiny.unit())
    assert entry["status"] == "incomplete"
    assert entry["epochs"]["done"] == 3
    assert "scores" not in entry
    assert not is_complete(entry)
    assert "test" not in noise.asked


def test_a_time_budget_stops_the_queue_and_the_same_call_goes_on(tmp_path):
    units = [tiny.unit(seed=0), tiny.unit(seed=1)]
    assert work_through(units, tmp_path, tiny.Noise(), "c", 1) == 2
    assert work_through(units, tmp_path, tiny.Noise(), "c") == 0
    assert is_complete(read_record(tmp_path, units[1]))


def test_another_recipe_does_not_go_on_in_the_same_folder(tmp_path):
    import dataclasses

    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise OutOfTime

    unit = tiny.unit()
    with pytest.raises(OutOfTime):
        reproduce(unit, tmp_path, tiny.Noise(), "c", callbacks=[Stop()])
    recipe = dataclasses.replace(tiny.RECIPE, batch_size=30)
    row = dataclasses.replace(tiny.ROW, recipe=recipe)
    other = dataclasses.replace(unit, row=row)
    assert read_record(tmp_path, other) is None
    with pytest.raises(ValueError, match="Delete that folder"):
        reproduce(other, tmp_path, tiny.Noise(), "c")


def test_writing_replaces_whole_files(tmp_path):
    path = tmp_path / "folder" / "file.txt"
    record.write_whole(path, "one")
    with pytest.raises(TypeError):
        record.write_whole(path, 3)
    assert path.read_text() == "one"
    assert [p.name for p in path.parent.iterdir()] == ["file.txt"]


def test_durations_read_as_hours_minutes_seconds():
    assert duration(3723.4) == "1:02:03"
