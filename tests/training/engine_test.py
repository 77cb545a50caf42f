"""The engine gives the numbers of Keras' own `fit`."""

from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from keras import layers

from ferkeras.data.encoded import OnDisk
from ferkeras.layers import SpatialTransformer
from ferkeras.papers import RECONSTRUCTION, Phase
from ferkeras.runs import run_folder
from ferkeras.runs.run_folder import RunFolder
from ferkeras.training import engine
from ferkeras.training.optimizers import GroupedAdam, GroupedSGD
from ferkeras.training.schedules import averaging, one_cycle, one_cycle_momentum
from ferkeras.training.train import OutOfTime
from tests import tiny
from tests.training import phases_test

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "jax", reason="the engine is JAX's"
)
ADAM = partial(keras.optimizers.Adam, 1e-2)
SGD = partial(keras.optimizers.SGD, 1e-2, momentum=0.9)


def shapes(input_shape, num_classes):
    """A spatial transformer, batch normalisation, and penalties added."""
    inputs = keras.Input(input_shape)
    flat = layers.Flatten()(inputs)
    x = SpatialTransformer((4,), (3,), 8)(inputs)
    x = layers.Conv2D(
        4, 3, activation="relu", kernel_regularizer="l2", name="conv"
    )(x)
    x = layers.BatchNormalization(name="bn")(x)
    x = layers.ActivityRegularization(l1=1e-4)(x)
    x = layers.Concatenate()([layers.Flatten()(x), flat])
    return keras.Model(inputs, layers.Dense(num_classes, name="head")(x))


def images_back(input_shape):
    """Gives the grey of what it sees."""
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(4, 3, padding="same", activation="relu")(inputs)
    x = layers.Conv2D(1, 3, padding="same", activation="sigmoid")(x)
    return keras.Model(inputs, x)


def with_phases(*phases, model=tiny.network, **changes):
    recipe = replace(tiny.RECIPE, phases=phases)
    return replace(tiny.ROW, model=model, recipe=recipe, **changes)


GROUPED = with_phases(
    Phase(
        partial(GroupedAdam, multipliers={"conv2d": 0.1}, weight_decay=0.01),
        3,
        {
            "learning_rate": partial(one_cycle, peak=1e-2),
            "beta_1": one_cycle_momentum,
        },
    ),
    Phase(partial(GroupedSGD, 1e-2, multipliers={"dense": 0.5}), 2),
)
ROWS = {
    "dropout and batch normalisation": tiny.ROW,
    "a spatial transformer and penalties": with_phases(
        Phase(ADAM, 4), model=shapes
    ),
    "groups and schedules": GROUPED,
    "frozen phases of several sizes": with_phases(
        Phase(SGD, 2, frozen="body"),
        Phase(ADAM, 2, image_size=16),
        Phase(SGD, 1, image_size=20),
        model=phases_test.body_and_head,
    ),
    "averaged weights": with_phases(
        Phase(
            partial(keras.optimizers.SGD, 1e-2, momentum=0.9, use_ema=True),
            3,
            {"ema_momentum": partial(averaging, share=0.3)},
        )
    ),
    "images": replace(
        with_phases(Phase(ADAM, 3), model=images_back), task=RECONSTRUCTION
    ),
}
ROWS["images"] = replace(
    ROWS["images"],
    recipe=replace(ROWS["images"].recipe, loss=keras.losses.MeanSquaredError),
)


def faces_at(size):
    """Images of any size, in a count that leaves a smaller batch."""
    faces, _ = phases_test.noise_at(size)
    chosen = faces.take(np.arange(57) % 60)
    return faces.take(np.arange(53)), {"x": chosen}


def histories(path, row, way, seeds=(0,), **arguments):
    _, runs = tiny.train(path, seeds, row, faces_at, way=way, **arguments)
    return [run.folders[0].history for run in runs]


def close(found, expected, relative=1e-4):
    assert len(found) == len(expected) > 2
    for one, other in zip(found, expected, strict=True):
        assert one.keys() == other.keys()
        for name in one:
            if "seconds" not in name:
                assert one[name] == pytest.approx(
                    other[name], rel=relative, abs=1e-6
                ), name


@pytest.mark.parametrize("name", ROWS)
def test_the_engine_gives_the_numbers_of_fit(name, tmp_path, monkeypatch):
    # Three stretches an epoch, the last of the smaller batch.
    monkeypatch.setattr(engine, "SCORING_BATCH", 20)
    (expected,) = histories(tmp_path / "step", ROWS[name], "step")
    (found,) = histories(tmp_path / "engine", ROWS[name], "engine")
    close(found, expected)
    # It moved, so equal numbers mean something.
    assert len({epoch["loss"] for epoch in found}) == len(found)


def test_seeds_side_by_side_are_each_as_alone(tmp_path):
    row = ROWS["dropout and batch normalisation"]
    together = histories(tmp_path / "both", row, "engine", (5, 2, 7))
    for seed, found in zip((5, 2, 7), together, strict=True):
        (alone,) = histories(tmp_path / str(seed), row, "engine", (seed,))
        close(found, alone)
    losses = {history[-1]["loss"] for history in together}
    assert len(losses) == 3


def test_best_and_last_weights_are_those_of_fit(tmp_path):
    runs = {
        way: tiny.train(tmp_path / way, (1,), faces_at=faces_at, way=way)[1]
        for way in ("step", "engine")
    }
    (one,), (other,) = runs.values()
    a, b = one.folders[0], other.folders[0]
    assert a.best_epoch == b.best_epoch
    for kind in ("model", "optimizer"):
        for x, y in zip(a.state[kind], b.state[kind], strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-3, atol=1e-4)
    for x, y in zip(a.best, b.best, strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-3, atol=1e-4)


class Stop(keras.callbacks.Callback):
    """Stop at a step, or before an epoch."""

    def __init__(self, epoch, step=None):
        super().__init__()
        self.at = epoch, step

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
        if (epoch, None) == self.at:
            raise OutOfTime

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch) == self.at:
            raise OutOfTime


@pytest.mark.parametrize("seeds", [(0,), (0, 4)])
def test_a_run_stopped_anywhere_goes_on_as_if_nothing_happened(
    tmp_path, seeds, monkeypatch
):
    row = tiny.ROW
    whole = histories(tmp_path / "whole", row, "engine", seeds)
    for epoch, step in ((2, 1), (3, None), (4, 2)):
        with pytest.raises(OutOfTime):
            histories(
                tmp_path / "stopped",
                row,
                "engine",
                seeds,
                callbacks=[Stop(epoch, step)],
            )
    resumed = histories(tmp_path / "stopped", row, "engine", seeds)
    for found, expected in zip(resumed, whole, strict=True):
        assert [x["loss"] for x in found] == [x["loss"] for x in expected]


def test_a_long_epoch_is_gone_on_with_from_within(tmp_path, monkeypatch):
    seeds, row = (0, 4), tiny.ROW
    monkeypatch.setattr("ferkeras.data.stretches.LONGEST", 1)
    whole = histories(tmp_path / "whole", row, "engine", seeds)
    steps = []

    class Count(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            steps.append(batch)

    monkeypatch.setattr(run_folder, "EVERY", 0)
    with pytest.raises(OutOfTime):
        histories(
            tmp_path / "killed", row, "engine", seeds, callbacks=[Stop(1, 2)]
        )
    assert (tmp_path / "killed/4/within-epoch.npz").exists()
    resumed = histories(
        tmp_path / "killed", row, "engine", seeds, callbacks=[Count()]
    )
    # Two of the epoch's three steps were behind.
    assert steps[:4] == [2, 0, 1, 2]
    for found, expected in zip(resumed, whole, strict=True):
        close(found, expected, 1e-6)
    assert not (tmp_path / "killed/4/within-epoch.npz").exists()


def test_short_epochs_are_not_each_written(tmp_path, monkeypatch):
    saved = []

    class Folder(RunFolder):
        def save(self):
            saved.append(self.epochs_done)
            super().save()

    monkeypatch.setattr(tiny, "RunFolder", Folder)
    histories(tmp_path, tiny.ROW, "engine")
    assert saved == [6]
    assert len(run_folder.read_history(tmp_path / "history.csv")) == 6


class Card:
    """A device of so many bytes."""

    def __init__(self, size):
        self.size = size

    def memory_stats(self):
        return {"bytes_limit": self.size}


@pytest.mark.parametrize(
    "size,in_memory,expected",
    # 110 images of 144 bytes, in a quarter of the memory.
    [(63_361, True, True), (63_359, True, False), (63_361, False, True)],
)
def test_what_does_not_fit_the_card_streams(
    size, in_memory, expected, monkeypatch, tmp_path
):
    monkeypatch.setattr(engine, "accelerated", lambda backend: True)
    monkeypatch.setattr("jax.devices", lambda: [Card(size)])
    faces, selections = faces_at(12)
    if not in_memory:
        np.save(tmp_path / "images.npy", faces.images)
        faces = faces._replace(images=OnDisk(tmp_path / "images.npy"))
    setup = SimpleNamespace(faces=faces, selections=selections)
    assert engine.fits(setup) == expected
