"""Training one unit, so that a kill at any moment loses one epoch at most."""

import time

import keras
import numpy as np

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
    """Save the classifier's weights whenever the selection accuracy rises.

    Not the fitted model's: those would carry the optimizer along.

    Args:
        classifier: keras.Model whose weights to save.
        folder: `pathlib.Path` of the run.
        best: the highest accuracy so far.
    """

    def __init__(self, classifier, folder, best):
        super().__init__(
            folder / "best-{epoch:04d}.weights.h5",
            monitor="val_accuracy",
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
    """First epoch, counted from 1, of the highest selection accuracy."""
    return 1 + int(np.argmax([epoch["val_accuracy"] for epoch in history]))


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


def train(
    networks,
    recipe,
    train_faces,
    select_faces,
    seed,
    folder,
    deadline=None,
    callbacks=(),
    placement="step",
):
    """Train, from the last snapshot if there is one, and load the best epoch.

    Each epoch ends with `history.csv` extended, the weights saved if the
    selection accuracy rose, and a snapshot. A run that was killed and one that
    was not give the same history and weights on a processor.

    Args:
        networks: `ferkeras.build.Networks`; theirs are the weights.
        recipe: `Recipe`.
        train_faces: `Faces` to train on, at the row's size.
        select_faces: `Faces` whose accuracy chooses the epoch.
        seed: of order and augmentation.
        folder: `pathlib.Path` of the run's files.
        deadline: `time.monotonic()` value after which not to go on.
        callbacks: further Keras callbacks.
        placement: where augmentation and channels are computed: `"step"`, in
            the compiled step, on whatever device trains, or `"pipeline"`, in
            tf.data, on the processor; TensorFlow's backend only. Neither was
            measurably faster on a processor.

    Returns:
        The history: a dict of floats an epoch.

    Raises:
        OutOfTime: where the deadline came first; call again to go on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    in_step = placement == "step"
    model = networks.training if in_step else networks.from_channels

    def placed(batches):
        return batches if in_step else through(batches, networks.front_end)

    done = resumed_at = epochs_done(folder)
    trim_history(folder, done)
    history = read_history(folder)
    begin = 0
    longest = max((epoch["seconds"] for epoch in history), default=0)
    clock = Clock(deadline, longest)
    for phase in recipe.phases:
        end = begin + phase.epochs
        if done < end:
            model.compile(
                optimizer=phase.optimizer(),
                loss=keras.losses.SparseCategoricalCrossentropy(
                    from_logits=True
                ),
                metrics=["accuracy"],
            )
            model.optimizer.build(model.trainable_variables)
            if done == resumed_at > begin:
                restore(folder, model)
            elif done == resumed_at > 0:
                restore(folder, model, ["model"])
            best = max((epoch["val_accuracy"] for epoch in history), default=-1)
            batches = training_batches(
                train_faces, recipe, seed, range(done, end)
            )
            feed = []
            if isinstance(batches, EpochBatches):
                feed = [keras.callbacks.LambdaCallback(batches.begin)]
            model.fit(
                placed(batches),
                initial_epoch=done,
                epochs=end,
                steps_per_epoch=-(
                    -len(train_faces.labels) // recipe.batch_size
                ),
                validation_data=placed(scoring_batches(select_faces, 256)),
                shuffle=False,
                verbose=0,
                callbacks=[
                    *feed,
                    clock,
                    keras.callbacks.CSVLogger(folder / HISTORY, append=True),
                    BestWeights(networks.classifier, folder, best),
                    Snapshot(folder),
                    *callbacks,
                ],
            )
            history = read_history(folder)
            done = end
        begin = end
    networks.classifier.load_weights(best_weights(folder, best_epoch(history)))
    return history
