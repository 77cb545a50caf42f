"""Phases that freeze layers, or train on images of another size."""

from dataclasses import replace
from functools import partial

import keras
import numpy as np
import pytest
from keras import layers

from ferkeras.data import Faces, no_augmentation
from ferkeras.papers import Phase, Recipe
from ferkeras.runs.run_folder import RunFolder
from ferkeras.training.build import build
from ferkeras.training.fit import assign
from ferkeras.training.train import OutOfTime, freeze
from tests import tiny

FAST = partial(keras.optimizers.SGD, 0.5)
STILL = partial(keras.optimizers.SGD, 0.0)


def body_and_head(input_shape, num_classes):
    """A model under a layer; fits any size."""
    inner = keras.Input((None, None, input_shape[-1]))
    x = layers.Conv2D(4, 3, activation="relu", name="body_conv")(inner)
    x = layers.BatchNormalization(name="body_bn")(x)
    body = keras.Model(inner, x, name="body")
    inputs = keras.Input(input_shape)
    x = layers.GlobalAveragePooling2D()(body(inputs))
    x = layers.Dropout(0.5)(x)
    logits = layers.Dense(num_classes, name="head")(x)
    return keras.Model(inputs, logits)


def plain(input_shape, num_classes):
    """A constant image has the same logits at any size."""
    inputs = x = keras.Input(input_shape)
    x = layers.Conv2D(4, 3, activation="relu", name="conv")(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(num_classes, name="head")(x))


def row_of(model, *phases):
    """A row whose pixels come as they are, from 0 to 1."""
    return replace(
        tiny.ROW,
        model=model,
        channels=("grey",),
        normalization=partial(layers.Rescaling, 1 / 255),
        recipe=Recipe(phases, batch_size=20, augment=no_augmentation),
    )


def noise_at(size):
    """Training and selection images of any size, brighter in one class."""
    rng = np.random.default_rng(size)
    labels = rng.integers(0, 2, 60)
    images = rng.integers(0, 150, (60, size, size, 1))
    images += 100 * labels[:, None, None, None]
    faces = Faces(images.astype(np.uint8), labels, np.arange(60))
    return faces, {"x": faces}


def constant_at(size):
    """Images of two brightnesses, as many of each."""
    labels = np.arange(60) % 2
    images = np.tile(labels[:, None, None, None], (1, size, size, 1))
    faces = Faces((50 + 150 * images).astype(np.uint8), labels, labels)
    return faces, {"x": faces}


def trained(row, faces_at, path, callbacks=(), start=0):
    """Networks, and the folder of a run, or of one that was stopped."""
    networks, (run,) = tiny.train(
        path, (3,), row, faces_at, start=start, callbacks=callbacks
    )
    return networks, run.folders[0]


def fresh(row):
    keras.utils.set_random_seed(0)
    return build(row, 2)


def values(networks, model=None):
    """Weights of the network, by layer and name, at a state of the model."""
    if model:
        assign(networks.training.variables, model)
    return {
        variable.path: keras.ops.convert_to_numpy(variable)
        for variable in networks.classifier.weights
    }


def changed(before, after):
    """Names of layers that have other weights."""
    return {
        path.split("/")[0]
        for path in before
        if (before[path] != after[path]).any()
    }


def test_frozen_layers_and_their_statistics_do_not_move(tmp_path):
    row = row_of(body_and_head, Phase(FAST, 2, frozen="body"))
    before = values(fresh(row))
    networks, folder = trained(row, noise_at, tmp_path)
    assert changed(before, values(networks, folder.state["model"])) == {"head"}


def test_a_later_phase_trains_what_was_frozen(tmp_path, monkeypatch):
    row = row_of(body_and_head, Phase(STILL, 1, frozen="body"), Phase(FAST, 1))
    networks = fresh(row)
    before = values(networks)
    moved = []

    class Folder(RunFolder):
        def epoch_done(self, logs, state):
            super().epoch_done(logs, state)
            moved.append(changed(before, values(networks, state["model"])))

    monkeypatch.setattr(tiny, "RunFolder", Folder)
    tiny.train(tmp_path, (3,), row, noise_at, start=0)
    assert moved == [set(), {"body_conv", "body_bn", "head"}]


def test_a_pattern_that_fits_no_layer_is_refused():
    network = body_and_head((12, 12, 1), 2)
    with pytest.raises(ValueError, match="Received: frozen='bdoy'"):
        freeze(network, "bdoy")
    # From the start of a name: this is in the middle of one.
    with pytest.raises(ValueError, match="name of a layer"):
        freeze(network, "conv")


SIZES = (
    Phase(FAST, 2),
    Phase(STILL, 1, image_size=16),
    Phase(FAST, 2, image_size=20),
    Phase(STILL, 1, image_size=12),
)


def test_weights_are_carried_from_size_to_size(tmp_path):
    asked = []

    def faces_at(size):
        asked.append(size)
        return constant_at(size)

    networks, folder = trained(row_of(plain, *SIZES), faces_at, tmp_path)
    history = folder.history
    assert asked == [12, 16, 20, 12]
    losses = [epoch["val_loss"] for epoch in history]
    # A constant image has the same loss at each size, from the same weights.
    assert losses[2] == pytest.approx(losses[1], rel=1e-5)
    assert losses[5] == pytest.approx(losses[4], rel=1e-5)
    assert len({losses[epoch] for epoch in (0, 1, 3, 4)}) == 4
    # The best epoch of the last size fits the networks that were given.
    assign(networks.training.variables, folder.best)
    faces, _ = constant_at(12)
    right = tiny.predict(networks.scoring, faces.images).argmax(-1)
    accuracy = (right == faces.labels).mean()
    assert folder.best_epoch == 6
    assert accuracy == history[5]["val_accuracy"]


def test_a_stopped_run_of_several_sizes_goes_on_as_if_nothing_happened(
    tmp_path,
):
    class Stop(keras.callbacks.Callback):
        def __init__(self, at):
            super().__init__()
            self.at = at

        def on_epoch_begin(self, epoch, logs=None):
            if epoch == self.at:
                raise OutOfTime

    row = row_of(
        body_and_head,
        Phase(FAST, 2, frozen="body"),
        Phase(FAST, 2, image_size=16),
        Phase(FAST, 1, image_size=20),
    )
    whole, ended = trained(row, noise_at, tmp_path / "whole")
    folder = tmp_path / "stopped"
    # Within a phase of another size, and between two; then from other weights,
    # which the snapshot replaces.
    for start, at in enumerate((3, 4)):
        with pytest.raises(OutOfTime):
            trained(row, noise_at, folder, [Stop(at)], start)
    resumed, again = trained(row, noise_at, folder, start=2)
    for name in ("loss", "val_loss"):
        assert [x[name] for x in again.history] == [
            x[name] for x in ended.history
        ]
    assert not changed(
        values(whole, ended.state["model"]),
        values(resumed, again.state["model"]),
    )
