"""A phase of training by Keras' own `fit`."""

import math
import time

import keras

from ferkeras.data import (
    EpochBatches,
    scoring_batches,
    through,
    training_batches,
)
from ferkeras.training.resident import reside

MANY = 1_000_000  # weights
STEPS = 32  # a call, on a GPU


class Scores(keras.callbacks.Callback):
    """Score the model on further images, beside fit's validation data.

    Args:
        batches: what `keras.Model.evaluate` takes, by the images' fingerprint.
        callbacks: Keras callbacks of the scoring.
    """

    def __init__(self, batches, callbacks):
        super().__init__()
        self.batches, self.callbacks = batches, callbacks

    def on_epoch_end(self, epoch, logs=None):
        self.found = {}
        for name, batches in self.batches.items():
            self.found[name] = self.model.evaluate(
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


class Keep(keras.callbacks.Callback):
    """Hand an epoch's values and state to the run.

    Args:
        setup: `ferkeras.training.train.Setup`.
        run: `ferkeras.training.train.Run`.
        first: fingerprint of fit's validation data.
        others: `Scores` of the other images that choose epochs.
    """

    def __init__(self, setup, run, first, others):
        super().__init__()
        self.setup, self.run = setup, run
        self.first, self.others = first, others

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
            {self.first: scores} | self.others.found,
            self.setup.averaged(state),
        )


def values_of(variables):
    """Copies of variables' values, as NumPy arrays."""
    return [keras.ops.convert_to_numpy(v).copy() for v in variables]


def assign(variables, values):
    """Set variables to values."""
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def fuse_update(model):
    """Have XLA compile the optimizer's update into one pass over the weights.

    TensorFlow takes a dozen: on two cores, Adam's update of 27 million weights
    takes 43 ms in place of 314. JAX compiles the whole step anyway.

    Args:
        model: keras.Model, compiled, with a built optimizer that is changed in
            place; one of few weights stays as it is, since a pass over these
            is not worth compiling.
    """
    weights = sum(math.prod(v.shape) for v in model.trainable_variables)
    if weights >= MANY and keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        update = tf.function(model.optimizer.apply, jit_compile=True)
        # One that is built knows its variables.
        model.optimizer.apply = lambda gradients, _: update(gradients)


def fit(setup, run, epochs, callbacks, feed="step"):
    """Train one run through a phase, an epoch at a time.

    Args:
        setup: `ferkeras.training.train.Setup`.
        run: `ferkeras.training.train.Run`, which goes on from its state.
        epochs: `range` of epochs, counted from the first phase's first.
        callbacks: Keras callbacks.
        feed: how images reach the network: `"step"`, augmentation and channels
            are computed in the compiled step, on whatever device trains; or,
            under TensorFlow only, `"pipeline"`, in tf.data, on the processor,
            or `"device"`, in the step, of images that stay on the device, and
            many steps a call. On a processor none was measurably the fastest.
    """
    networks, recipe, task = setup.networks, setup.recipe, setup.task
    model, places, others = networks.training, None, {}
    if feed == "device":
        model, places, others = reside(setup)
    elif feed == "pipeline":
        model = networks.from_channels
    model.compile(
        optimizer=setup.optimizer,
        loss=recipe.loss(),
        metrics=[task.measure(name=task.metric)],
        steps_per_execution=min(STEPS, setup.steps) if others else 1,
    )
    fuse_update(model)
    assign(model.variables, run.state["model"])
    assign(model.optimizer.variables, run.state.get("optimizer", setup.fresh))
    batches = training_batches(
        setup.faces,
        task.targets(setup.faces),
        recipe,
        run.seed,
        epochs,
        places,
    )
    begin = []
    if isinstance(batches, EpochBatches):
        begin = [keras.callbacks.LambdaCallback(batches.begin)]
    selections = {
        name: scoring_batches(
            faces,
            task.targets(faces),
            256,
            networks.plain(len(faces.labels)),
            others.get(name),
        )
        for name, faces in setup.selections.items()
    }
    if feed == "pipeline":
        batches = through(batches, networks.front_end)
        selections = {
            name: through(each, networks.front_end)
            for name, each in selections.items()
        }
    first, *_ = selections
    swap = [keras.callbacks.SwapEMAWeights()] if setup.averages else []
    rest = {k: v for k, v in selections.items() if k != first}
    scores = Scores(rest, swap)
    keep = Keep(setup, run, first, scores)
    model.fit(
        batches,
        initial_epoch=epochs.start,
        epochs=epochs.stop,
        steps_per_epoch=setup.steps,
        validation_data=selections[first],
        shuffle=False,
        verbose=0,
        callbacks=[*begin, *swap, scores, Timer(), keep, *callbacks],
    )
