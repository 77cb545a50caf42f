"""Keras callbacks of a phase that Keras' own `fit` trains."""

import time

import keras


class ScoreSelections(keras.callbacks.Callback):
    """Score the model on further images, beside fit's validation data.

    Args:
        batches: what `keras.Model.evaluate` takes, by the images' fingerprint.
        callbacks: Keras callbacks of the scoring.
    """

    def __init__(self, batches, callbacks):
        super().__init__()
        self.batches, self.callbacks = batches, callbacks

    def on_epoch_end(self, epoch, logs=None):
        self.scores = {}
        for name, batches in self.batches.items():
            self.scores[name] = self.model.evaluate(
                batches, verbose=0, return_dict=True, callbacks=self.callbacks
            )


class Timer(keras.callbacks.Callback):
    """Log seconds an epoch, with and without scoring."""

    def on_epoch_begin(self, epoch, logs=None):
        self.started = self.trained = time.monotonic()

    def on_test_begin(self, logs=None):
        self.trained = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        logs["seconds"] = time.monotonic() - self.started
        logs["train_seconds"] = self.trained - self.started


class HandToRun(keras.callbacks.Callback):
    """Hand an epoch's values and state to the run.

    Args:
        setup: `ferkeras.training.train.Setup`.
        run: `ferkeras.training.train.Run`.
        validated: fingerprint of fit's validation data.
        further: `ScoreSelections` of the other images that choose epochs.
    """

    def __init__(self, setup, run, validated, further):
        super().__init__()
        self.setup, self.run = setup, run
        self.validated, self.further = validated, further

    def on_epoch_end(self, epoch, logs=None):
        state = {
            "model": values_of(self.model.variables),
            "optimizer": values_of(self.model.optimizer.variables),
        }
        scores = {
            name.removeprefix("val_"): value
            for name, value in logs.items()
            if name.startswith("val_")
        }
        self.run.epoch_done(
            logs,
            {self.validated: scores} | self.further.scores,
            self.setup.averaged(state),
        )


def values_of(variables):
    """Copies of variables' values, as NumPy arrays."""
    return [keras.ops.convert_to_numpy(v).copy() for v in variables]
