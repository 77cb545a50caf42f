"""Rows for machines that are lost or stopped."""

import contextlib
import os
import signal
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import keras

from ferkeras.data import no_augmentation
from ferkeras.papers import Paper, Phase, Start, Table, Unit
from ferkeras.runs import run_folder
from tests import tiny

EPOCHS = 40
FAR = 3  # epochs that a run has behind it when its machine is lost
# Names the file that is there once one is.
LOST = "FERKERAS_TESTS_LOST"


def network(input_shape, num_classes):
    """As of `tiny`, with a snapshot an epoch on whatever machine builds it."""
    run_folder.EVERY = 0
    return tiny.network(input_shape, num_classes)


def deadly(input_shape, num_classes):
    """What the system kills, such as for want of memory."""
    print("about to die", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)


def unhurried(rng, count, image_size):
    """Images as they are; meanwhile other tests have the core."""
    time.sleep(2)
    return no_augmentation(rng, count, image_size)


def waiting(rng, count, image_size):
    """As `tiny`'s; each epoch waits for a machine to be lost, but not long."""
    lost = Path(os.environ.get(LOST, os.devnull))
    until = time.monotonic() + 3
    while not lost.exists() and time.monotonic() < until:
        time.sleep(0.05)
    return tiny.RECIPE.augment(rng, count, image_size)


def trained_for(epochs):
    """A recipe of so many epochs."""
    phase = Phase(partial(keras.optimizers.Adam, 1e-3), epochs)
    return replace(tiny.RECIPE, phases=(phase,))


ROW = replace(
    tiny.ROW,
    model=network,
    dataset="own/noise",
    recipe=replace(trained_for(EPOCHS), augment=waiting),
)
STAGE = replace(ROW, name="Stage", recipe=trained_for(1))
NEXT = replace(STAGE, name="Next", start_from=(Start("Stage"),))
DEADLY = replace(STAGE, name="Deadly", model=deadly)
AFTER = replace(STAGE, name="After", start_from=(Start("Deadly"),))
SLOWLY = replace(trained_for(100_000), augment=unhurried)
LONG = replace(ROW, name="Long", recipe=SLOWLY)
ROWS = ROW, STAGE, NEXT, DEADLY, AFTER, LONG
CLEAN = tiny.PROTOCOLS[1]
TABLE = Table("Table 1", 8, (CLEAN,), ROWS)
PAPER = Paper("tiny1999", "Tiny", "", (TABLE,))


def units_of(*rows, seeds=1):
    return [
        Unit(PAPER, TABLE, row, CLEAN, seed)
        for row in rows
        for seed in range(seeds)
    ]


def epochs_behind(results):
    """Epochs that have landed of each run that is under way."""
    for path in (results / "work").rglob(run_folder.SNAPSHOT):
        # One that has just ended has none any more.
        with contextlib.suppress(FileNotFoundError):
            yield run_folder.saved_epochs(path.parent)
