"""Images a second of training, measured for seconds on noise."""

import statistics
import time

import numpy as np

from ferkeras.build import build
from ferkeras.data import Faces, stretches_of
from ferkeras.engine import Engine
from ferkeras.fit import values_of
from ferkeras.train import Run, prepare_phase

WINDOWS = 3


def noise_setup(row, count, num_classes=8):
    """A row's first phase, ready to be trained on noise of its size.

    Args:
        row: `Experiment`.
        count: number of images.
        num_classes: number of classes.

    Returns:
        `ferkeras.train.Setup`.
    """

    def faces_at(size):
        rng = np.random.default_rng(0)
        shape = count, size, size, row.colours
        images = rng.integers(0, 256, shape, np.uint8)
        labels = rng.integers(0, num_classes, count)
        faces = Faces(images, labels, np.arange(count))
        return faces, {"noise": faces.take(np.arange(min(count, 256)))}

    networks = build(row, num_classes, row.colours)
    return prepare_phase(networks, row, row.recipe.phases[0], faces_at)


def engine_rate(setup, runs=1, seconds=2.0, ready=lambda: None):
    """Images/s of all runs together in the engine.

    Args:
        setup: `ferkeras.train.Setup`.
        runs: how many side by side.
        seconds: to measure for.
        ready: called once all is compiled.
    """
    import jax

    engine = Engine(setup, runs)
    model = values_of(setup.networks.training.variables)
    each = [Run(seed, (), {"model": model}) for seed in range(runs)]
    state = engine.put([run.state for run in each])
    size = setup.recipe.batch_size
    _, arrays = next(stretches_of(engine.plan(each, 0), size))
    arrays = list(arrays)
    images = arrays[0].size
    for _ in range(2):
        state = jax.block_until_ready(engine.advance(state, arrays))
    ready()
    rates = []
    for _ in range(WINDOWS):
        began, done = time.monotonic(), 0
        while done == 0 or time.monotonic() - began < seconds / WINDOWS:
            state = jax.block_until_ready(engine.advance(state, arrays))
            done += images
        rates.append(done / (time.monotonic() - began))
    return statistics.median(rates)
