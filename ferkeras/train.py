"""Training one unit, so that a kill at any moment loses one epoch at most."""

import math
import re
import time

import keras
import numpy as np

from ferkeras.build import at_size, copy_state
from ferkeras.data import (
    EpochBatches,
    scoring_batches,
    through,
    training_batches,
)
from ferkeras.snapshot import (
    HISTORY,
    Snapshot,
    epochs_done,
    read_history,
    restore,
    trim_history,
)
from ferkeras.task import TASKS

MANY = 1_000_000  # weights


class OutOfTime(Exception):
    """The time budget does not reach to the end of the next epoch."""


class Clock(keras.callbacks.Callback):
    """Log seconds an epoch, with and without scoring; stop at a deadline.

    Args:
        deadline: `time.monotonic()` value, or None for no limit.
        longest: seconds of the longest epoch so far.
    """

    def __init__(self, deadline, longest=0.0):
        super().__init__()
        self.deadline, self.longest = deadline, longest

    def _stop_after(self, seconds):
        if self.deadline and time.monotonic() + seconds > self.deadline:
            raise OutOfTime

    def on_epoch_begin(self, epoch, logs=None):
        self._stop_after(self.longest)
        self.started = self.trained = time.monotonic()

    def on_train_batch_end(self, batch, logs=None):
        self._stop_after(0)

    def on_test_begin(self, logs=None):
        self.trained = time.monotonic()

    def on_test_batch_end(self, batch, logs=None):
        self._stop_after(0)

    def on_epoch_end(self, epoch, logs=None):
        now = time.monotonic()
        self.longest = max(self.longest, now - self.started)
        logs["seconds"] = now - self.started
        logs["train_seconds"] = self.trained - self.started


class BestWeights(keras.callbacks.ModelCheckpoint):
    """Save the classifier's weights whenever the selection score rises.

    Not the fitted model's: those would carry the optimizer along.

    Args:
        classifier: keras.Model whose weights to save.
        folder: `pathlib.Path` of the run.
        metric: name of the score.
        best: the highest score so far.
    """

    def __init__(self, classifier, folder, metric, best):
        super().__init__(
            folder / "best-{epoch:04d}.weights.h5",
            monitor=f"val_{metric}",
            mode="max",
            save_best_only=True,
            save_weights_only=True,
            initial_value_threshold=best,
        )
        self.classifier, self.folder = classifier, folder

    def set_model(self, model):
        super().set_model(self.classifier)

    def on_epoch_begin(self, epoch, logs=None):
        # The last epoch's snapshot is on disk: older bests are of no use.
        drop_other_weights(self.folder)


def best_epoch(history):
    """First epoch, counted from 1, of the highest selection score."""
    # Higher is better of whatever score a task is chosen by.
    (score,) = {f"val_{task.metric}" for task in TASKS} & history[0].keys()
    return 1 + int(np.argmax([epoch[score] for epoch in history]))


def best_weights(folder, epoch):
    """File of the weights after an epoch that was the best so far."""
    return folder / f"best-{epoch:04d}.weights.h5"


def drop_other_weights(folder):
    """Delete weights that are not those of the best epoch so far."""
    history = read_history(folder)
    keep = best_weights(folder, best_epoch(history)) if history else None
    for path in folder.glob("best-*.weights.h5"):
        if path != keep:
            path.unlink()


def leaves(network):
    """Layers of a model and of the models in it."""
    for layer in network.layers:
        if isinstance(layer, keras.Model):
            yield from leaves(layer)
        else:
            yield layer


def freeze(network, pattern):
    """Train all layers but those whose names a pattern matches.

    Args:
        network: keras.Model, of layers or models.
        pattern: regular expression, matched from the start of a name; nothing
            is frozen where it is empty.

    Raises:
        ValueError: where it matches no layer.
    """
    layers = list(leaves(network))
    found = [x for x in layers if re.match(pattern or "$", x.name)]
    if pattern and not found:
        raise ValueError(
            "`frozen` must match the name of a layer. "
            f"Received: frozen={pattern!r}"
        )
    # Each by itself: of a network that is trainable already, TensorFlow's
    # backend would not tell its layers so again.
    for layer in layers:
        layer.trainable = layer not in found


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


def train(
    networks,
    row,
    faces_at,
    seed,
    folder,
    deadline=None,
    callbacks=(),
    placement="step",
):
    """Train to the last epoch, from the last snapshot if there is one.

    Each epoch ends with `history.csv` extended, the weights saved if the
    selection score rose, and a snapshot. A run that was killed and one that
    was not give the same history and weights on a processor.

    Args:
        networks: `ferkeras.build.Networks`; theirs are the weights.
        row: `Experiment`.
        faces_at: `image size -> Faces, Faces`: those to train on, and those
            whose score chooses the epoch.
        seed: of order and augmentation.
        folder: `pathlib.Path` of the run's files.
        deadline: `time.monotonic()` value after which not to go on.
        callbacks: further Keras callbacks.
        placement: where augmentation and channels are computed: `"step"`, in
            the compiled step, on whatever device trains, or `"pipeline"`, in
            tf.data, on the processor; TensorFlow's backend only. Neither was
            measurably faster on a processor.

    Returns:
        The history: a dict of floats an epoch; none where the recipe has no
        phases, and the weights stay as they are.

    Raises:
        OutOfTime: where the deadline came first; call again to go on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    recipe, task = row.recipe, row.task
    score = f"val_{task.metric}"
    in_step = placement == "step"
    done = resumed_at = epochs_done(folder)
    trim_history(folder, done)
    history = read_history(folder)
    begin = 0
    longest = max((epoch["seconds"] for epoch in history), default=0)
    clock = Clock(deadline, longest)
    for phase in recipe.phases:
        end = begin + phase.epochs
        if done < end:
            size = phase.image_size or row.image_size
            now = at_size(networks, row, size)
            train_faces, select_faces = faces_at(size)
            steps = recipe.steps(len(train_faces.labels))
            freeze(now.classifier, phase.frozen)
            model = now.training if in_step else now.from_channels
            model.compile(
                optimizer=phase.build_optimizer(steps),
                loss=recipe.loss(),
                metrics=[task.measure(name=task.metric)],
            )
            model.optimizer.build(model.trainable_variables)
            fuse_update(model)
            if done == resumed_at > begin:
                restore(folder, model)
            elif done == resumed_at > 0:
                restore(folder, model, ["model"])
            batches = training_batches(
                train_faces,
                task.targets(train_faces),
                recipe,
                seed,
                range(done, end),
            )
            feed = []
            if isinstance(batches, EpochBatches):
                feed = [keras.callbacks.LambdaCallback(batches.begin)]
            selection = scoring_batches(
                select_faces,
                task.targets(select_faces),
                256,
                now.plain(len(select_faces.labels)),
            )
            if not in_step:
                batches = through(batches, now.front_end)
                selection = through(selection, now.front_end)
            best = max((epoch[score] for epoch in history), default=-np.inf)
            model.fit(
                batches,
                initial_epoch=done,
                epochs=end,
                steps_per_epoch=steps,
                validation_data=selection,
                shuffle=False,
                verbose=0,
                callbacks=[
                    *feed,
                    clock,
                    keras.callbacks.CSVLogger(folder / HISTORY, append=True),
                    BestWeights(now.classifier, folder, task.metric, best),
                    Snapshot(folder),
                    *callbacks,
                ],
            )
            history = read_history(folder)
            done = end
            if now is not networks:
                copy_state(now, networks)
        begin = end
    if 0 < resumed_at == recipe.epochs:
        restore(folder, networks.training, ["model"])
    return history


def take_best(networks, folder):
    """Load the weights of the best epoch of a run that `train` ended."""
    best = best_epoch(read_history(folder))
    networks.classifier.load_weights(best_weights(folder, best))
