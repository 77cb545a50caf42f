"""The exact state of a training run, on disk after every epoch."""

import csv
from itertools import islice

import keras
import numpy as np

from ferkeras.files import open_whole

SNAPSHOT = "snapshot.npz"
HISTORY = "history.csv"


class Snapshot(keras.callbacks.Callback):
    """Save everything that the next epoch depends on, at the end of each.

    Keras' `BackupAndRestore` leaves out the states of random generators, such
    as dropout's, so that a resumed run differs from an uninterrupted one.

    Args:
        folder: `pathlib.Path` of the run.
    """

    def __init__(self, folder):
        super().__init__()
        self.path = folder / SNAPSHOT

    def on_epoch_end(self, epoch, logs=None):
        arrays = {"epochs_done": np.array(epoch + 1)}
        for kind, variables in state(self.model).items():
            for index, variable in enumerate(variables):
                value = keras.ops.convert_to_numpy(variable)
                arrays[f"{kind}/{index}"] = value
        with open_whole(self.path) as file:
            np.savez(file, **arrays)


def state(model):
    """Variables of a model, and of its optimizer if compiled, in order."""
    optimizer = getattr(model, "optimizer", None)
    return {
        "model": model.variables,
        "optimizer": optimizer.variables if optimizer else [],
    }


def epochs_done(folder):
    """Number of epochs that a run has behind it."""
    path = folder / SNAPSHOT
    if not path.exists():
        return 0
    with np.load(path) as file:
        return int(file["epochs_done"])


def restore(folder, model, kinds=("model", "optimizer")):
    """Put a built model, and its optimizer, back into its saved state."""
    with np.load(folder / SNAPSHOT) as file:
        for kind in kinds:
            for index, variable in enumerate(state(model)[kind]):
                variable.assign(file[f"{kind}/{index}"])


def read_history(folder):
    """Per-epoch values up to the last snapshot, oldest first."""
    epochs = epochs_done(folder)
    return read_csv(folder / HISTORY, epochs) if epochs else []


def read_csv(path, epochs=None):
    """Read what Keras' `CSVLogger` wrote, as one dict of floats an epoch.

    Args:
        path: the file.
        epochs: how many to read; all of them when None.
    """
    with open(path, newline="") as file:
        return [
            {key: float(value) for key, value in row.items()}
            for row in islice(csv.DictReader(file), epochs)
        ]


def trim_history(folder, epochs):
    """Drop what was logged after the last snapshot; it is trained again."""
    path = folder / HISTORY
    if not path.exists():
        return
    lines = path.read_bytes().splitlines(keepends=True)
    with open_whole(path) as file:
        file.writelines(lines[: epochs + 1] if epochs else [])
