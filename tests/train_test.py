import time

import keras
import numpy as np
import pytest

from ferkeras.build import build
from ferkeras.data import scoring_batches
from ferkeras.evaluate import predict
from ferkeras.snapshot import read_history
from ferkeras.train import OutOfTime, best_epoch, train
from tests import tiny


def run(folder, **arguments):
    keras.utils.set_random_seed(3)
    networks = build(tiny.ROW, 2)
    history = train(
        networks,
        tiny.RECIPE,
        tiny.faces("train"),
        tiny.faces("validation"),
        3,
        folder,
        **arguments,
    )
    return networks, history


def test_the_best_epoch_is_loaded(tmp_path):
    networks, history = run(tmp_path)
    faces = tiny.faces("validation")
    right = predict(networks.scoring, faces.images).argmax(-1) == faces.labels
    best = max(epoch["val_accuracy"] for epoch in history)
    assert right.mean() == pytest.approx(best)
    # Epochs differ, or any epoch would pass for the best.
    assert len({epoch["val_accuracy"] for epoch in history}) > 1
    assert len(history) == 6


def test_the_first_of_equally_good_epochs_is_the_best():
    history = [{"val_accuracy": a} for a in (0.1, 0.3, 0.3, 0.2)]
    assert best_epoch(history) == 2


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow",
    reason="only TensorFlow runs Keras layers inside tf.data",
)
def test_channels_in_the_pipeline_and_in_the_step_train_alike(tmp_path):
    step, history = run(tmp_path / "step", placement="step")
    pipeline, other = run(tmp_path / "pipeline", placement="pipeline")
    for a, b in zip(history, other, strict=True):
        assert a["loss"] == pytest.approx(b["loss"], abs=1e-6)
    images = tiny.faces("test").images
    np.testing.assert_allclose(
        predict(step.scoring, images), predict(pipeline.scoring, images), 1e-4
    )


def test_exported_training_and_pipeline_models_see_the_same_channels():
    networks = build(tiny.ROW, 2)
    faces = tiny.faces("test")
    inputs, _ = next(iter(scoring_batches(faces, len(faces.labels))))
    channels = networks.front_end(inputs)
    by_pipeline = networks.classifier(channels)
    for logits in (networks.training(inputs), networks.scoring(faces.images)):
        np.testing.assert_allclose(logits, by_pipeline, atol=1e-5)
    # Standardised: each channel of each image by its own mean and variance.
    values = keras.ops.convert_to_numpy(channels)
    np.testing.assert_allclose(values.mean((1, 2)), 0, atol=1e-4)
    np.testing.assert_allclose(values.std((1, 2)), 1, atol=1e-3)


def test_a_deadline_that_has_passed_stops_before_the_first_epoch(tmp_path):
    with pytest.raises(OutOfTime):
        run(tmp_path, deadline=time.monotonic() - 1)
    assert read_history(tmp_path) == []


def test_a_stop_within_an_epoch_loses_nothing_that_came_before(tmp_path):
    class Stop(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.epoch = epoch

        def on_train_batch_end(self, batch, logs=None):
            if (self.epoch, batch) == (4, 2):
                raise OutOfTime

    with pytest.raises(OutOfTime):
        run(tmp_path / "stopped", callbacks=[Stop()])
    assert len(read_history(tmp_path / "stopped")) == 4
    _, resumed = run(tmp_path / "stopped")
    _, history = run(tmp_path / "whole")
    assert [e["loss"] for e in resumed] == [e["loss"] for e in history]
