"""One unit from data to files, and what a queue makes of units."""

import csv
import dataclasses
import json
import shutil
import time
from functools import partial

import keras
import numpy as np
import pytest

from ferkeras.files import write_whole
from ferkeras.papers import Phase
from ferkeras.runs import provenance, record, score_files, work_queue
from ferkeras.runs.display import Display, duration
from ferkeras.runs.pending import pending
from ferkeras.runs.record import is_complete, path_of, read_record
from ferkeras.runs.reproduce import reproduce
from ferkeras.runs.work_queue import RESERVE, work_through
from ferkeras.trained import zoo
from ferkeras.training.train import OutOfTime
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
    (adam,) = entry["optimizers"]
    assert adam["class"] == "Adam"
    # A default of Keras, which the row does not mention.
    assert adam["beta_2"] == 0.999
    phases = [p["optimizer"] for p in entry["experiment"]["phases"]]
    assert phases == ["keras.Adam(0.01)"]
    assert entry["command"] == "the command"
    (session,) = entry["sessions"]
    assert session["versions"]["keras"] == keras.__version__
    assert session["backend"] == keras.backend.backend()
    assert session["commit"] and session["device"]


def test_record_says_what_the_score_is_on_images_training_has_not(
    tmp_path, run
):
    # Of other images.
    assert run[1]["scores"]["unseen"] == {
        "images": 90,
        "accuracy": run[1]["scores"]["accuracy"],
    }

    class Repeating(tiny.Noise):
        def outline(self, dataset, split, hold_outs, run):
            assert (dataset, hold_outs, run) == (tiny.ROW.dataset, (), 1)
            there = tiny.faces("test").images[30:60]
            faces = tiny.faces(split)
            return faces._replace(images=there) if split == "train" else faces

    unit = tiny.unit(seed=1)
    reproduce(unit, tmp_path, Repeating(), "the command")
    entry = read_record(tmp_path, unit)
    others = np.arange(90) // 30 != 1
    for scores, kept in (
        ("scores", ".probabilities.npz"),
        ("scores_at_last_epoch", ".last-epoch.npz"),
    ):
        with np.load(path_of(tmp_path, unit, kept)) as file:
            right = file["probabilities"].argmax(-1) == file["label"]
        assert entry[scores]["unseen"] == {
            "images": 60,
            "accuracy": pytest.approx(100 * right[others].mean()),
        }


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
    matrix = score_files.read_confusion(path)
    assert np.trace(matrix) == right.sum()
    assert (matrix.sum(1) == np.bincount(tiny.faces("test").labels)).all()


def test_the_clean_protocol_asks_for_test_images_after_all_others(run):
    asked = run[2].asked
    assert list(dict.fromkeys(asked)) == ["train", "validation", "test"]
    assert asked.count("test") == 1


def test_clean_protocols_do_not_select_on_test():
    assert [p.selects_on_test for p in tiny.PROTOCOLS] == [True, False]


def test_a_finished_run_leaves_models_and_logs_but_no_snapshot(run):
    work = run[0] / "work/tiny1999/clean/tiny-net/seed0"
    names = {path.name for path in work.iterdir()}
    assert {"model.keras", "tensorboard", "history.csv"} <= names
    assert not any(name.endswith(".npz") for name in names)


@pytest.mark.any_backend
def test_a_row_may_keep_its_best_weights(tmp_path):
    (good,) = tiny.RECIPE.phases
    # One epoch that ruins what was learnt.
    bad = Phase(partial(keras.optimizers.SGD, 100.0), 1)
    recipe = dataclasses.replace(tiny.RECIPE, phases=(good, bad))
    row = dataclasses.replace(tiny.ROW, recipe=recipe, keep_weights=True)
    unit = dataclasses.replace(tiny.unit(), row=row)
    entry = reproduce(unit, tmp_path, tiny.Noise(), "the command")
    assert entry["epochs"]["best"] < entry["epochs"]["done"]
    # What the last epoch said is kept too, beside what is shown.
    last = entry["scores_at_last_epoch"]["accuracy"]
    assert last < entry["scores"]["accuracy"] - 20
    with np.load(path_of(tmp_path, unit, ".last-epoch.npz")) as file:
        right = file["probabilities"].argmax(-1) == file["label"]
    assert 100 * right.mean() == pytest.approx(last)
    model = zoo.load("tiny1999/tiny-net", tmp_path)
    assert model.class_names == tiny.CLASSES
    images = tiny.faces("test").images
    with np.load(path_of(tmp_path, unit, ".probabilities.npz")) as file:
        np.testing.assert_allclose(
            model.predict(images, verbose=0),
            file["probabilities"],
            atol=5e-3,
        )
    write_whole(path_of(tmp_path, unit, ".keras"), "another")
    with pytest.raises(ValueError, match="seed0.keras is not the file that"):
        zoo.load("tiny1999/tiny-net", tmp_path)
    with pytest.raises(ValueError, match="'tiny/net' .*nearest: tiny19"):
        zoo.load("tiny/net", tmp_path)


def test_a_queue_skips_what_is_recorded(run):
    results, entry, _ = run
    assert pending([tiny.unit()], results, tiny.Noise()) == []
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


def test_a_queue_stops_within_a_unit_and_the_same_call_goes_on(
    tmp_path, monkeypatch
):
    stops = {(0, 3): OutOfTime, (1, 3): KeyboardInterrupt}

    class Stop(Display):
        def on_epoch_end(self, epoch, logs=None):
            super().on_epoch_end(epoch, logs)
            (unit,) = self.group
            if (unit.seed, epoch) in stops:
                raise stops.pop((unit.seed, epoch))

    monkeypatch.setattr(work_queue, "Display", Stop)
    noise = tiny.Noise()
    units = [tiny.unit(seed=0), tiny.unit(seed=1)]
    assert work_through(units, tmp_path, noise, "c") == 2
    assert read_record(tmp_path, units[0])["epochs"]["done"] == 4
    assert read_record(tmp_path, units[1]) is None
    assert pending(units, tmp_path, noise) == units
    assert work_through(units, tmp_path, noise, "c") == 1
    assert is_complete(read_record(tmp_path, units[0]))
    assert read_record(tmp_path, units[1])["epochs"]["done"] == 4
    left = pending(units, tmp_path, noise)
    assert left == units[1:]
    assert work_through(left, tmp_path, noise, "c") == 0
    assert is_complete(read_record(tmp_path, units[1]))


def test_two_queues_share_their_units(run, tmp_path, capsys):
    results, entry, _ = run
    units = [tiny.unit(), tiny.unit(seed=1)]
    shutil.copytree(results, tmp_path, dirs_exist_ok=True)
    noise = tiny.Noise()
    with work_queue.alone(tmp_path, units[1]):
        # The first was completed since the queue was made, the other is busy.
        left = work_through(units, tmp_path, noise, "the command")
    assert left == 1 and not noise.asked
    assert f"{units[1]}: left to another process" in capsys.readouterr().err
    assert read_record(tmp_path, units[0]) == entry


def test_a_queue_whose_time_is_up_starts_nothing(tmp_path, monkeypatch):
    noise = tiny.Noise()
    deadline = time.monotonic() + RESERVE - 1
    units = [tiny.unit()]
    assert work_through(units, tmp_path, noise, "c", deadline) == 1
    assert noise.asked == []
    done = {"scores": {"accuracy": 50.0}, "seconds": 1}
    monkeypatch.setattr(work_queue, "reproduce_together", lambda *_: [done])
    assert work_through(units, tmp_path, noise, "c", deadline + 60) == 0


def test_the_record_of_another_recipe_is_not_overwritten(run):
    results, entry, _ = run
    unit = other_recipe(tiny.unit())
    with pytest.raises(ValueError, match="another recipe.*seed0"):
        pending([unit], results, tiny.Noise())
    assert read_record(results, tiny.unit()) == entry


def test_real_and_drawn_faces_do_not_share_a_folder(run):
    results, *_ = run
    record.refuse_to_mix(results, tiny.PAPER, record.DRAWN)
    with pytest.raises(ValueError, match="drawn faces.*--results"):
        record.refuse_to_mix(results, tiny.PAPER, record.PUBLISHED)


def test_a_damaged_record_is_named(run, tmp_path):
    path = path_of(tmp_path, tiny.unit(), ".json")
    for text in ("{", "{}", "[]"):
        write_whole(path, text)
        with pytest.raises(ValueError, match="seed0.json is not a record"):
            read_record(tmp_path, tiny.unit())


def test_without_git_the_commit_is_what_the_environment_says(monkeypatch):
    commit = provenance.commit.__wrapped__
    monkeypatch.setenv("PATH", "")
    assert commit() == "unknown"
    monkeypatch.setenv("FERKERAS_COMMIT", "abc123")
    assert commit() == "abc123"


def other_recipe(unit):
    """The same unit with a larger batch."""
    recipe = dataclasses.replace(tiny.RECIPE, batch_size=30)
    row = dataclasses.replace(tiny.ROW, recipe=recipe)
    return dataclasses.replace(unit, row=row)


def test_another_recipe_does_not_go_on_in_the_same_folder(tmp_path):
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise OutOfTime

    unit = tiny.unit()
    with pytest.raises(OutOfTime):
        reproduce(unit, tmp_path, tiny.Noise(), "c", callbacks=[Stop()])
    path_of(tmp_path, unit, ".json").unlink()
    other = other_recipe(unit)
    assert read_record(tmp_path, other) is None
    with pytest.raises(ValueError, match="Delete that folder"):
        reproduce(other, tmp_path, tiny.Noise(), "c")


def test_durations_read_as_hours_minutes_seconds():
    assert duration(3723.4) == "1:02:03"
