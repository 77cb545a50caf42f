"""The files of a run that is under way, and nobody else's."""

import csv
import io
import json
import shutil
import time
from itertools import islice

import numpy as np

from ferkeras.files import open_whole, write_whole

HISTORY = "history.csv"
SNAPSHOT = "snapshot.npz"
WITHIN = "within-epoch.npz"
EVERY = 20.0  # seconds between snapshots


class RunFolder:
    """What one run has behind it, in memory and, by the clock, on disk.

    A snapshot holds the state after an epoch and the model of the best epoch
    so far; `history.csv` the epochs up to there. Writing the snapshot is what
    makes both count: a run that is killed goes on from the last one, and has
    then seen what an uninterrupted one would have seen.

    A state is a dict from `"model"` and `"optimizer"` to the values of their
    variables, in Keras' order. Where the optimizer averages the weights,
    `"averaged"` has the model's values with the averages, which are scored.
    States that are handed over are kept for a while and must not change.

    Args:
        path: `pathlib.Path`.
        metric: name of the score that chooses the epoch; more is better.
        chosen_on: fingerprint of the images that the score is of.
        log: `TensorBoardLog` that is written along; or None.
        chosen_from: epochs before the first that may be chosen, as of
            `ferkeras.papers.recipe.Recipe`.

    Attributes:
        history: the epochs so far, each a dict of floats.
        state: the state after the last of them; None before the first.
        best: the values scored after the best of them, likewise; after the
            last, before one may be chosen.
    """

    def __init__(
        self, path, metric="accuracy", chosen_on="", log=None, chosen_from=0
    ):
        self.path, self.metric, self.chosen_on = path, metric, chosen_on
        self.log, self.chosen_from = log, chosen_from
        self._read()

    def _read(self):
        """Take up what is on disk, without what no snapshot counts."""
        self.history, self.state, self.best = [], None, None
        self.saved_at = time.monotonic()
        self.saved = saved_epochs(self.path)
        if not self.saved:
            (self.path / HISTORY).unlink(missing_ok=True)
            return
        values = read_arrays(self.path / SNAPSHOT)
        del values["epochs_done"]
        self.best = values.pop("best")
        self.state = values
        path = self.path / HISTORY
        lines = path.read_bytes().splitlines(keepends=True)
        with open_whole(path) as file:
            file.writelines(lines[: self.saved + 1])
        self.history = read_history(path)

    @property
    def epochs_done(self):
        """Number of epochs behind it, saved or not."""
        return len(self.history)

    @property
    def longest(self):
        """Seconds of its longest epoch."""
        return max((epoch["seconds"] for epoch in self.history), default=0.0)

    @property
    def best_epoch(self):
        """As `best_epoch`."""
        return best_epoch(self.history, self.metric, self.chosen_from)

    @property
    def unsaved(self):
        """Seconds since the last snapshot."""
        return time.monotonic() - self.saved_at

    def claim(self, owner):
        """Mark it as a run's own, and drop what is not of a run to go on.

        Args:
            owner: one line, which says what decides the run's numbers.

        Raises:
            ValueError: where it holds a run of something else.
        """
        mark, text = self.path / "unit.txt", f"{owner}\n"
        if not self.saved and not (self.path / WITHIN).exists():
            shutil.rmtree(self.path, ignore_errors=True)
        elif mark.exists() and mark.read_text() != text:
            raise ValueError(
                f"{self.path} holds a run that was stopped, and the recipe, "
                "the protocol or the dataset has changed since. Delete that "
                "folder to start afresh."
            )
        write_whole(mark, text)
        # Its own; what a kill left of a snapshot is as large as that.
        for partial in self.path.glob("*.tmp"):
            partial.unlink()

    def note_session(self, session):
        """Add on what is trained now, unless it went on as before.

        Returns:
            All sessions of the run, a list of dicts.
        """
        path = self.path / "sessions.json"
        sessions = json.loads(path.read_text()) if path.exists() else []
        if session not in sessions:
            sessions.append(session)
            write_whole(path, json.dumps(sessions, indent=1))
        return sessions

    def epoch_done(self, logs, state):
        """Take an epoch's values and the state after it.

        Args:
            logs: dict of floats, with `seconds` and the score on the images
                that choose, under its name after `val_`.
            state: see above.
        """
        row = {name: float(logs[name]) for name in sorted(logs)}
        history, best = [*self.history, row], self.best
        if best_epoch(history, self.metric, self.chosen_from) == len(history):
            best = scored(state)
        # All at once, wherever it may be interrupted.
        self.history, self.state, self.best = history, state, best
        # The next epoch's end would be too late.
        if self.unsaved + logs["seconds"] > EVERY:
            self.save()

    def save(self):
        """Write what is not on disk yet."""
        rows = self.history[self.saved :]
        if not rows:
            return
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, ["epoch", *rows[0]])
        writer.writeheader()
        for epoch, row in enumerate(self.history):
            writer.writerow({"epoch": epoch} | row)
        write_whole(self.path / HISTORY, text.getvalue())
        write_arrays(
            self.path / SNAPSHOT,
            {"epochs_done": [self.epochs_done], "best": self.best} | self.state,
        )
        (self.path / WITHIN).unlink(missing_ok=True)
        if self.log:
            self.log.epochs(rows, self.saved + 1)
        self.saved, self.saved_at = self.epochs_done, time.monotonic()

    @property
    def is_due(self):
        """Whether a state within an epoch is to be saved."""
        return self.unsaved > EVERY

    def save_within(self, steps, state):
        """Write a state within an epoch.

        Args:
            steps: how many of the epoch's steps are done.
            state: as above, and whatever else the rest of it needs.
        """
        self.save()
        place = [self.epochs_done, steps]
        write_arrays(self.path / WITHIN, {"place": place} | state)
        self.saved_at = time.monotonic()

    def within(self):
        """Steps done, and state, of an epoch that was stopped; or None."""
        path = self.path / WITHIN
        if not path.exists():
            return None
        state = read_arrays(path)
        epochs, steps = map(int, state.pop("place"))
        return (steps, state) if epochs == self.epochs_done else None

    def close(self):
        """Delete what only a run that is not over needs."""
        for name in (SNAPSHOT, WITHIN):
            (self.path / name).unlink(missing_ok=True)


def scored(state):
    """Values of the model that a state is scored with."""
    return state.get("averaged", state["model"])


def best_epoch(history, metric, chosen_from=0):
    """First epoch, counted from 1, of the highest score.

    Before one may be chosen, the last; 0 for none.
    """
    scores = [epoch[f"val_{metric}"] for epoch in history[chosen_from:]]
    if not scores:
        return len(history)
    return chosen_from + 1 + int(np.argmax(scores))


def write_arrays(path, lists):
    """Write lists of arrays by their names, whole or not at all."""
    arrays = {
        f"{name}/{index}": np.asarray(array)
        for name, values in lists.items()
        for index, array in enumerate(values)
    }
    with open_whole(path) as file:
        np.savez(file, **arrays)


def saved_epochs(path):
    """Number of epochs that the last snapshot in a folder counts.

    Raises:
        ValueError: where it is of another version.
    """
    try:
        file = np.load(path / SNAPSHOT)
    except FileNotFoundError:  # or gone just now, as another process was done
        return 0
    with file:
        if "epochs_done/0" not in file:
            raise ValueError(
                f"{path} holds a run that another version of ferkeras was "
                "stopped in. Delete that folder to start afresh."
            )
        return int(file["epochs_done/0"])


def read_arrays(path):
    """Read what `write_arrays` wrote; a list that was empty is not there."""
    lists = {}
    with np.load(path) as file:
        for name in file.files:
            lists.setdefault(name.split("/")[0], []).append(file[name])
    return lists


def read_history(path, epochs=None):
    """Read an epoch's values a line, as one dict of floats an epoch.

    Args:
        path: the CSV file.
        epochs: how many to read; all of them when None.
    """
    with open(path, newline="") as file:
        rows = islice(csv.DictReader(file), epochs)
        return [
            {k: float(v) for k, v in row.items() if k != "epoch"}
            for row in rows
        ]
