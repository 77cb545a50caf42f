"""Units that are trained together, and what each makes of it."""

import json
from dataclasses import replace

import keras
import numpy as np
import pytest

from ferkeras.data import Fold, HoldOut
from ferkeras.papers.paper import units
from ferkeras.runs import fastest_way, run_folder, work_queue
from ferkeras.runs.grouping import companions, grouped
from ferkeras.runs.record import path_of, read_record
from ferkeras.runs.reproduce import reproduce, reproduce_together
from ferkeras.runs.run_folder import RunFolder
from ferkeras.runs.work_queue import work_through
from ferkeras.training import devices
from ferkeras.training import train as training
from tests import tiny

PAPER, CLEAN = tiny.PROTOCOLS
ON_JAX = pytest.mark.skipif(
    keras.backend.backend() != "jax", reason="the engine is JAX's"
)


def all_units():
    return units(tiny.PAPER, runs=2)


def labels_of(units):
    return [(unit.protocol.name, unit.seed) for unit in units]


def test_protocols_that_train_on_the_same_images_are_one_run(tmp_path):
    found = companions(all_units(), tmp_path)
    assert labels_of(found) == [("paper", 0), ("clean", 0)]
    found = companions(all_units(), tmp_path, seeds=True)
    assert labels_of(found) == [
        *(("paper", 0), ("clean", 0)),
        *(("paper", 1), ("clean", 1)),
    ]


def test_other_images_other_stages_and_other_epochs_are_not(tmp_path):
    held_out = replace(CLEAN, hold_outs=(HoldOut("held out", "train", 0.1),))
    assert held_out.training != CLEAN.training
    # It divides what is not trained on.
    elsewhere = replace(CLEAN, hold_outs=(HoldOut("x", "test", 0.1),))
    assert elsewhere.training == CLEAN.training
    first, second, *_ = all_units()
    folder = tmp_path / "work" / second.folder / "seed0"
    run_folder.write_arrays(folder / "snapshot.npz", {"epochs_done": [2]})
    assert companions([first, second], tmp_path) == [first]


def test_seeds_with_folds_of_their_own_are_not_side_by_side(tmp_path):
    folds = replace(CLEAN, hold_outs=(Fold("test", of="train"),))
    found = [replace(tiny.unit(seed=seed), protocol=folds) for seed in (0, 1)]
    assert companions(found, tmp_path, seeds=True) == found[:1]


def test_groups_are_what_companions_finds_again_and_again(tmp_path):
    other = replace(tiny.ROW, name="Other")
    untrained = replace(tiny.RECIPE, phases=())
    rows = tiny.ROW, other, replace(other, name="As it is", recipe=untrained)
    table = replace(tiny.TABLE, rows=rows)
    waiting = units(replace(tiny.PAPER, tables=(table,)))
    first, *_ = waiting
    folder = tmp_path / "work" / first.folder / "seed0"
    run_folder.write_arrays(folder / "snapshot.npz", {"epochs_done": [2]})
    found = grouped(waiting, tmp_path)
    assert sorted(map(len, found)) == [1] * 6 + [2] * 3
    for group in found:
        assert group == companions(waiting, tmp_path)
        waiting = [unit for unit in waiting if unit not in group]
    assert not waiting


class Switched(tiny.Noise):
    """Noise whose test labels are swapped."""

    def faces(self, dataset, split, *arguments, **options):
        faces = super().faces(dataset, split, *arguments, **options)
        if split == "test":
            faces = faces._replace(labels=1 - faces.labels)
        return faces


@pytest.fixture(scope="module")
def apart(tmp_path_factory):
    """Both protocols, each trained by itself."""
    results = tmp_path_factory.mktemp("apart")
    for protocol in ("paper", "clean"):
        reproduce(tiny.unit(protocol), results, tiny.Noise(), "c")
    return results


def numbers(record):
    keys = "scores", "scores_at_last_epoch", "epochs", "selection_accuracy"
    return {key: record[key] for key in keys}


def test_one_run_gives_the_record_of_each_protocol(apart, tmp_path):
    both = [tiny.unit("paper"), tiny.unit("clean")]
    entries = reproduce_together(both, tmp_path, tiny.Noise(), "c")
    for unit, entry in zip(both, entries, strict=True):
        alone = read_record(apart, unit)
        assert numbers(entry) == numbers(alone)
        assert entry["protocol"] == alone["protocol"]
        assert entry["sessions"][0]["together_with"]
        found, expected = (
            run_folder.read_history(path_of(results, unit, ".history.csv"))
            for results in (tmp_path, apart)
        )
        for one, other in zip(found, expected, strict=True):
            assert one["val_loss"] == pytest.approx(other["val_loss"])
    # They do choose by other images.
    paper, clean = (
        run_folder.read_history(path_of(tmp_path, unit, ".history.csv"))
        for unit in both
    )
    assert [x["loss"] for x in paper] == [x["loss"] for x in clean]
    assert [x["val_loss"] for x in paper] != [x["val_loss"] for x in clean]


def test_test_labels_choose_nothing_where_selection_is_apart(apart, tmp_path):
    both = [tiny.unit("paper"), tiny.unit("clean")]
    _, entry = reproduce_together(both, tmp_path, Switched(), "c")
    alone = read_record(apart, both[1])
    assert entry["epochs"] == alone["epochs"]
    assert entry["selection_accuracy"] == alone["selection_accuracy"]
    # All that was right is wrong.
    scores = entry["scores"]["accuracy"], alone["scores"]["accuracy"]
    assert sum(scores) == pytest.approx(100)


def test_a_queue_trains_once_and_stops_and_goes_on_for_both(
    tmp_path, monkeypatch
):
    trained = []
    plain = training.fit

    def fit(setup, run, epochs, *arguments):
        trained.append((run.seed, epochs))
        plain(setup, run, epochs, *arguments)

    class Stop(work_queue.Display):
        def on_epoch_end(self, epoch, logs=None):
            super().on_epoch_end(epoch, logs)
            if epoch == 3 and stops:
                raise stops.pop()

    stops = [KeyboardInterrupt]
    monkeypatch.setattr(training, "fit", fit)
    monkeypatch.setattr(work_queue, "Display", Stop)
    both = [tiny.unit("paper"), tiny.unit("clean")]
    assert work_through(both, tmp_path, tiny.Noise(), "c") == 2
    for unit in both:
        assert read_record(tmp_path, unit)["epochs"]["done"] == 4
    assert work_through(both, tmp_path, tiny.Noise(), "c") == 0
    assert trained == [(0, range(6)), (0, range(4, 6))]


def test_runs_that_are_not_as_far_are_not_trained_together(tmp_path):
    both = [tiny.unit("paper"), tiny.unit("clean")]
    folder = RunFolder(tmp_path / "work" / both[0].folder / "seed0")
    folder.epoch_done(
        {"val_accuracy": 1.0, "seconds": 1.0}, {"model": [0], "optimizer": [0]}
    )
    folder.save()
    with pytest.raises(ValueError, match="not as far"):
        reproduce_together(both, tmp_path, tiny.Noise(), "c")


@ON_JAX
def test_seeds_side_by_side_give_the_records_of_each(
    apart, tmp_path, monkeypatch
):
    monkeypatch.setattr(training, "best_way", lambda setup: "engine")
    entries = reproduce_together(
        [tiny.unit(seed=0), tiny.unit(seed=1)], tmp_path, tiny.Noise(), "c"
    )
    alone = read_record(apart, tiny.unit())
    found = entries[0]["scores"]["accuracy"]
    assert found == pytest.approx(alone["scores"]["accuracy"], abs=0.01)
    assert entries[0]["scores"] != entries[1]["scores"]
    session = entries[1]["sessions"][0]
    assert session["together_with"] == [str(tiny.unit(seed=0))]


@pytest.fixture
def accelerator(monkeypatch):
    """As if there were one; rates by way."""
    rates = {way: 1.0 for way in fastest_way.WAYS}
    asked = []

    def measure(*arguments):
        asked.append(arguments)
        return rates

    monkeypatch.setattr(fastest_way, "measure", measure)
    for module in (devices, work_queue):
        monkeypatch.setattr(module, "accelerated", lambda backend: True)
    monkeypatch.setattr(training, "best_way", lambda setup: "engine")
    return rates, asked


def test_the_fastest_way_is_measured_once_and_kept(
    accelerator, tmp_path, capsys
):
    rates, asked = accelerator
    rates[fastest_way.PROCESSES] = 2000.0
    for _ in range(2):
        found = fastest_way.fastest(tiny.ROW, 3, 90, tmp_path, print)
        assert found == fastest_way.PROCESSES
    assert len(asked) == 1
    said = capsys.readouterr().out
    assert "3 runs in processes of their own (images/s: 1 one" in said
    # Another number of runs is another question.
    rates[fastest_way.SIDE_BY_SIDE] = 3000.0
    assert (
        fastest_way.fastest(tiny.ROW, 2, 90, tmp_path, print)
        == fastest_way.SIDE_BY_SIDE
    )
    assert len(fastest_way.read_ways(tmp_path / "bench" / "ways.csv")) == 2
    assert (
        fastest_way.fastest(tiny.ROW, 1, 90, tmp_path, print)
        == fastest_way.ONE_BY_ONE
    )


@ON_JAX
@pytest.mark.parametrize(
    "way", [fastest_way.ONE_BY_ONE, fastest_way.SIDE_BY_SIDE]
)
def test_a_queue_takes_the_fastest_way(way, accelerator, tmp_path, capsys):
    rates, _ = accelerator
    rates[way] = 5.0
    queue = all_units()[:1] + [tiny.unit("paper", 1)]
    assert work_through(queue, tmp_path, tiny.Noise(), "c") == 0
    said = " ".join(capsys.readouterr().err.split())
    assert f"2 runs {way}" in said
    entry = read_record(tmp_path, queue[1])
    beside = entry["sessions"][0].get("together_with", [])
    assert bool(beside) == (way == fastest_way.SIDE_BY_SIDE)


@ON_JAX
def test_processes_side_by_side_give_the_records_of_a_plain_run(
    apart, accelerator, tmp_path
):
    rates, _ = accelerator
    rates[fastest_way.PROCESSES] = 5.0
    queue = [tiny.unit("clean", seed) for seed in (0, 1)]
    assert work_through(queue, tmp_path, tiny.Noise(), "c") == 0
    found = json.loads(path_of(tmp_path, queue[0], ".json").read_text())
    assert numbers(found) == numbers(read_record(apart, queue[0]))
    assert read_record(tmp_path, queue[1])["scores"] != found["scores"]


@ON_JAX
def test_every_way_is_measured_for_real(tmp_path):
    found = fastest_way.measure(tiny.ROW, 2, 90, tmp_path)
    assert found.keys() == {*fastest_way.WAYS}
    assert all(rate > 10 for rate in found.values())


@ON_JAX
def test_a_way_that_fails_counts_as_the_slowest(tmp_path, monkeypatch):
    def engine_rate(setup, runs=1):
        if runs > 1:
            raise MemoryError
        return 7.0

    monkeypatch.setattr(fastest_way, "engine_rate", engine_rate)
    monkeypatch.setattr(fastest_way, "processes_rate", lambda *_: 3.0)
    found = fastest_way.measure(tiny.ROW, 2, 90, tmp_path)
    assert [found[way] for way in fastest_way.WAYS] == [7.0, 0.0, 3.0]
    monkeypatch.setattr(fastest_way, "engine_rate", np.linalg.inv)
    monkeypatch.setattr(fastest_way, "processes_rate", np.linalg.inv)
    assert (
        fastest_way.measure(tiny.ROW, 2, 90, tmp_path)[fastest_way.ONE_BY_ONE]
        == 1.0
    )
