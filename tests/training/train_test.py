import dataclasses
import time

import keras
import numpy as np
import pytest

from ferkeras.data import pipeline, scoring_batches, through
from ferkeras.runs.run_folder import RunFolder, best_epoch
from ferkeras.training import fit as fitting
from ferkeras.training.build import build
from ferkeras.training.fit import assign
from ferkeras.training.train import Clock, OutOfTime
from tests import tiny


def run(folder, **arguments):
    networks, (trained,) = tiny.train(folder, (3,), **arguments)
    return networks, trained.folders[0]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Networks and folder of a run that nothing stopped, and its path."""
    path = tmp_path_factory.mktemp("whole")
    return *run(path), path


def accuracy(networks, values):
    assign(networks.training.variables, values)
    faces = tiny.faces("validation")
    found = tiny.predict(networks.scoring, faces.images).argmax(-1)
    return (found == faces.labels).mean()


def test_the_last_epoch_and_the_best_one_are_kept(whole):
    networks, folder, path = whole
    scores = [epoch["val_accuracy"] for epoch in folder.history]
    # Epochs differ, or any epoch would pass for the best.
    assert len(set(scores)) > 1
    assert len(scores) == 6
    # Again from disk: a run that was stopped between its end and its score.
    again, same = run(path)
    assert same.history == folder.history
    for which, kept in ((networks, folder), (again, same)):
        last = accuracy(which, kept.state["model"])
        assert last == pytest.approx(scores[-1])
        assert accuracy(which, kept.best) == pytest.approx(max(scores))


def test_the_first_of_equally_good_epochs_is_the_best():
    history = [{"val_accuracy": a} for a in (0.1, 0.3, 0.3, 0.2)]
    assert best_epoch(history, "accuracy") == 2
    assert best_epoch([], "accuracy") == 0


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="JAX fuses everything"
)
def test_a_fused_update_is_the_optimizers_own(whole, tmp_path, monkeypatch):
    networks, plain, _ = whole
    assert "apply" not in vars(networks.training.optimizer)
    monkeypatch.setattr(fitting, "FUSED_FROM", 0)
    networks, fused = run(tmp_path)
    assert "apply" in vars(networks.training.optimizer)
    assert [x["loss"] for x in fused.history] == pytest.approx(
        [x["loss"] for x in plain.history], abs=1e-5
    )
    for a, b in zip(plain.state["model"], fused.state["model"], strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow",
    reason="the others are TensorFlow's",
)
def test_every_feed_trains_alike(tmp_path, monkeypatch):
    # No divisor of the five steps of an epoch.
    monkeypatch.setattr(fitting, "STEPS", 3)
    _, step = run(tmp_path / "step", way="step")
    for way in ("pipeline", "device"):
        _, other = run(tmp_path / way, way=way)
        for a, b in zip(step.history, other.history, strict=True):
            assert a["loss"] == pytest.approx(b["loss"], abs=1e-6)
            assert a["val_loss"] == pytest.approx(b["val_loss"], abs=1e-6)
        assert len(other.state["optimizer"]) == len(step.state["optimizer"])


def channels_as_logits(input_shape, num_classes):
    """A network that lets the channels through."""
    inputs = keras.Input(input_shape)
    return keras.Model(inputs, keras.layers.Flatten()(inputs))


def test_pipeline_step_and_exported_model_see_the_same_channels():
    row = dataclasses.replace(tiny.ROW, model=channels_as_logits)
    networks = build(row, 2)
    faces = tiny.faces("test")
    batches = scoring_batches(faces, faces.labels, 40, networks.plain(90))
    step = networks.training.predict(batches, verbose=0)
    exported = networks.scoring.predict(faces.images, verbose=0)
    np.testing.assert_allclose(step, exported, atol=1e-5)
    if keras.backend.backend() == "tensorflow":
        batches = through(batches, networks.front_end)
        mapped = np.concatenate([channels for channels, _ in batches])
        np.testing.assert_allclose(mapped.reshape(step.shape), step, atol=1e-5)
    # Standardised: each channel of each image by its own mean and variance.
    values = exported.reshape(-1, 12 * 12, 2)
    np.testing.assert_allclose(values.mean(1), 0, atol=1e-4)
    np.testing.assert_allclose(values.std(1), 1, atol=1e-3)


def test_every_epoch_trains_on_its_own_plan(tmp_path, monkeypatch):
    planned = []

    def epoch_plan(count, image_size, augment, seed, epoch):
        planned.append(epoch)
        return true_plan(count, image_size, augment, seed, epoch)

    class Began(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            began.append((self.epoch, planned[-1]))

        def on_epoch_begin(self, epoch, logs=None):
            self.epoch = epoch

    began = []
    true_plan = pipeline.epoch_plan
    monkeypatch.setattr(pipeline, "epoch_plan", epoch_plan)
    run(tmp_path, callbacks=[Began()])
    if keras.backend.backend() == "tensorflow":
        # tf.data plans ahead of the step, and each epoch once.
        assert planned == list(range(6))
    else:
        assert all(epoch == plan for epoch, plan in began)
    assert len(began) == 6 * 5


def test_clock_stops_within_an_epoch_once_the_deadline_has_passed():
    clock = Clock(time.monotonic() + 0.05)
    clock.on_epoch_begin(0)
    clock.on_train_batch_end(0)
    time.sleep(0.06)
    for after_a_batch in (clock.on_train_batch_end, clock.on_test_batch_end):
        with pytest.raises(OutOfTime):
            after_a_batch(1)


def test_clock_does_not_begin_an_epoch_that_would_not_end_in_time():
    Clock(time.monotonic() + 10, longest=1).on_epoch_begin(0)
    with pytest.raises(OutOfTime):
        Clock(time.monotonic() + 10, longest=11).on_epoch_begin(0)


def test_a_deadline_that_has_passed_stops_before_the_first_epoch(tmp_path):
    with pytest.raises(OutOfTime):
        run(tmp_path, deadline=time.monotonic() - 1)
    assert RunFolder(tmp_path).history == []


def test_a_stop_within_an_epoch_loses_nothing_that_came_before(whole, tmp_path):
    class Stop(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.epoch = epoch

        def on_train_batch_end(self, batch, logs=None):
            if (self.epoch, batch) == (4, 2):
                raise OutOfTime

    with pytest.raises(OutOfTime):
        run(tmp_path, callbacks=[Stop()])
    assert len(RunFolder(tmp_path).history) == 4
    _, resumed = run(tmp_path)
    _, ended, _ = whole
    assert [e["loss"] for e in resumed.history] == [
        e["loss"] for e in ended.history
    ]
