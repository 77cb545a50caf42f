"""A paper small enough to train in a test, on noise it can learn.

As a program, one run of it: `python -m tests.tiny RESULTS SEED [engine]`.
"""

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import keras
import numpy as np
from scipy.special import softmax

from ferkeras.data import Faces, random_affine
from ferkeras.papers import (
    Experiment,
    Paper,
    Phase,
    Protocol,
    Recipe,
    Table,
    Unit,
)
from ferkeras.runs import run_folder
from ferkeras.runs.reproduce import reproduce
from ferkeras.runs.run_folder import RunFolder
from ferkeras.training import devices
from ferkeras.training import train as training
from ferkeras.training.build import build
from ferkeras.training.fit_callbacks import values_of

CLASSES = ("left", "right")


def network(input_shape, num_classes):
    """Dropout and batch normalisation: the layers that keep state."""
    inputs = keras.Input(input_shape)
    x = keras.layers.Conv2D(4, 3, strides=2, activation="relu")(inputs)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dropout(0.5)(x)
    return keras.Model(inputs, keras.layers.Dense(num_classes)(x))


# One phase: each is compiled for itself, which takes most of a test's time.
RECIPE = Recipe(
    (Phase(partial(keras.optimizers.Adam, 1e-2), 6),),
    batch_size=20,
    augment=partial(
        random_affine, flip=0, rotation=10, shift=0.1, zoom=1.1, shear=0.1
    ),
    assumed=("everything",),
)
ROW = Experiment(
    name="Tiny | net",
    model=network,
    channels=("grey", "sobel_x"),
    reported={"accuracy": 90.0},
    dataset="synthetic_noise",
    image_size=12,
    recipe=RECIPE,
)
TWO_PHASES = replace(
    RECIPE,
    phases=(
        Phase(partial(keras.optimizers.Adam, 1e-2), 3),
        Phase(partial(keras.optimizers.SGD, 1e-2, momentum=0.9), 3),
    ),
)
PROTOCOLS = (
    Protocol(
        "paper",
        "train",
        "test",
        "test",
        "chosen on what is scored.",
        papers=True,
    ),
    Protocol("clean", "train", "validation", "test", "chosen apart."),
)
TABLE = Table("Table 1", 2, PROTOCOLS, (ROW,))
PAPER = Paper("tiny1999", "Tiny", "https://tiny.test", (TABLE,))


def unit(protocol="clean", seed=0):
    """A unit of the paper."""
    (chosen,) = (p for p in PROTOCOLS if p.name == protocol)
    return Unit(PAPER, TABLE, ROW, chosen, seed)


def faces(split, count=90):
    """Noise that is brighter on one side."""
    rng = np.random.default_rng(len(split))
    labels = rng.integers(0, 2, count)
    images = rng.integers(0, 200, (count, 12, 12, 1))
    side = np.arange(12)[None, None, :, None] // 6
    images = images + 55 * (side == labels[:, None, None, None])
    return Faces(images.astype(np.uint8), labels, np.arange(count))


def train(
    path,
    seeds=(0,),
    row=ROW,
    faces_at=None,
    chosen_on="x",
    start=None,
    **arguments,
):
    """Train a row from some seeds together, each in a folder of its own.

    Args:
        path: folder of the run; of several runs, of theirs.
        seeds: tuple of int.
        row: `Experiment`.
        faces_at: as in `ferkeras.training.train.train`; noise when None.
        chosen_on: key of the images that choose the epoch.
        start: seed of the first weights, where it is another.
        **arguments: of `ferkeras.training.train.train`.

    Returns:
        The `Networks` of the first seed, and a list of `Run`.
    """
    networks, runs = None, []
    for seed in seeds:
        keras.utils.set_random_seed(seed if start is None else start)
        own = build(row, 2)
        networks = networks or own
        place = path / str(seed) if len(seeds) > 1 else path
        folder = RunFolder(
            place,
            row.task.metric,
            chosen_on,
            chosen_from=row.recipe.chosen_from,
        )
        state = {"model": values_of(own.training.variables)}
        runs.append(training.Run(seed, (folder,), state))
    if faces_at is None:

        def faces_at(size):
            return faces("train"), {chosen_on: faces("validation")}

    training.train(networks, row, faces_at, runs, **arguments)
    return networks, runs


def predict(network, images):
    """Class probabilities of images, from a network's logits."""
    return softmax(network.predict(images, verbose=0), axis=-1)


class Noise:
    """Stands in for `Datasets`, and remembers what was asked for."""

    def __init__(self):
        self.asked = []

    def source(self, dataset):
        return None

    def faces(self, dataset, split, hold_outs, size, colours=1, run=0):
        self.asked.append(split)
        return faces(split)

    def card(self, dataset, splits, hold_outs=(), run=0):
        return {
            "name": dataset,
            "version": "1.0.0",
            "synthetic": True,
            "class_names": list(CLASSES),
            "images": {split: 90 for split in splits},
            "fingerprint": {s: faces(s).fingerprint for s in splits},
        }

    def outline(self, dataset, split, hold_outs=(), run=0):
        return faces(split)


if __name__ == "__main__":
    folder, seed = Path(sys.argv[1]), int(sys.argv[2])
    devices.configure(folder / "work" / "compiled")
    if "engine" in sys.argv:
        training.best_way = lambda setup: "engine"
    run_folder.EVERY = 0  # a snapshot an epoch, for who kills it in between
    row = replace(ROW, recipe=TWO_PHASES)
    reproduce(replace(unit(seed=seed), row=row), folder, Noise(), "tiny")
