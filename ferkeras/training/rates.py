"""Images a second of training, one way of training beside another.

Every rate is of the same classifier, loss, optimizer and batch size, and is
the median over what is timed once everything is compiled.
"""

import os
from time import monotonic, process_time
from typing import NamedTuple

import keras
import numpy as np

from ferkeras.data import Faces, epoch_plans, stretches_of, training_batches
from ferkeras.limits import SCORING_BATCH
from ferkeras.training.build import build
from ferkeras.training.devices import on_processor
from ferkeras.training.engine import Engine
from ferkeras.training.fit import fuse_update
from ferkeras.training.fit_callbacks import values_of
from ferkeras.training.train import Clock, prepare_phase

MANY = 1_000_000  # epochs; time ends them
LONGEST = 8_192  # images of an epoch of `fit` that is timed


class Rates(NamedTuple):
    """Images a second of a way of training.

    Attributes:
        rate: as it is.
        fed: with the same batch again and again, which nobody has to make.
    """

    rate: float
    fed: float

    @property
    def wait(self):
        """Share of a step in which the device waits for its batch, 0 to 1."""
        return max(0.0, 1 - self.rate / self.fed)


def seconds_now():
    """Time in seconds; where one core is all there is, what this took of it."""
    one_core = len(os.sched_getaffinity(0)) == 1 and on_processor()
    return process_time() if one_core else monotonic()


def rate_of(ends, images):
    """Images a second, from when stretches of so many images ended.

    Args:
        ends: times in seconds; the first is where timing starts.
        images: of a stretch.
    """
    return float(images / np.median(np.diff(ends)))


def enough(ends, seconds):
    """Whether so many seconds, and at least one stretch, are timed."""
    return len(ends) > 1 and ends[-1] - ends[0] >= seconds


class Meter(keras.callbacks.Callback):
    """Time epochs, but for the first, which compiles, and stop.

    It sees the ends of epochs alone: to see those of batches, Keras would wait
    for each.

    Args:
        seconds: to time.
    """

    def __init__(self, seconds):
        super().__init__()
        self.seconds, self.ends = seconds, []

    def on_epoch_end(self, epoch, logs=None):
        self.ends.append(seconds_now())
        self.model.stop_training = enough(self.ends, self.seconds)


class SameBatch(keras.utils.PyDataset):
    """The same batch, again and again.

    Args:
        batch: what `keras.Model.fit` takes.
        steps: how often an epoch.
    """

    def __init__(self, batch, steps):
        super().__init__()
        self.batch, self.steps = batch, steps

    def __len__(self):
        return self.steps

    def __getitem__(self, index):
        return self.batch


def noise_setup(row, count, num_classes=8):
    """Make a row's first phase ready to be trained on noise.

    Args:
        row: `Experiment` of a classifier.
        count: number of images.
        num_classes: number of classes.

    Returns:
        `ferkeras.training.train.Setup`.
    """

    def faces_at(size):
        rng = np.random.default_rng(0)
        images = rng.integers(
            0, 256, (count, size, size, row.colours), np.uint8
        )
        labels = rng.integers(0, num_classes, count)
        faces = Faces(images, labels, np.arange(count))
        scored = faces.take(np.arange(min(count, SCORING_BATCH)))
        return faces, {"noise": scored}

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(row.recipe.precision)
    try:
        networks = build(row, num_classes, row.colours)
        return prepare_phase(networks, row, row.recipe.phases[0], faces_at)
    finally:
        keras.config.set_dtype_policy(before)


def whole_batches(setup):
    """Its first images, of which every batch is full.

    Returns:
        `Faces`, no more than `LONGEST` but for a single batch.
    """
    size, count = setup.recipe.batch_size, len(setup.faces.labels)
    steps = max(1, min(count, LONGEST) // size)
    return setup.faces.take(np.arange(min(count, steps * size)))


def compiled(model, setup):
    """A model, compiled for a setup."""
    # Not what `fuse_update` may have put in its place.
    vars(setup.optimizer).pop("apply", None)
    model.compile(
        optimizer=setup.optimizer,
        loss=setup.recipe.loss(),
        metrics=[setup.task.measure(name=setup.task.metric)],
    )
    return model


def timed(model, batches, images, steps, seconds, callbacks=()):
    """Images a second of `keras.Model.fit`.

    Args:
        model: keras.Model, compiled.
        batches: what `fit` takes.
        images: of an epoch.
        steps: of an epoch.
        seconds: to time.
        callbacks: further Keras callbacks.
    """
    meter = Meter(seconds)
    model.fit(
        batches,
        epochs=MANY,
        steps_per_epoch=steps,
        shuffle=False,
        verbose=0,
        callbacks=[*callbacks, meter],
    )
    return rate_of(meter.ends, images)


def peers_batches(setup):
    """Batches as in oarriaga/face_classification and those after it.

    Channels are computed and standardised once; then each image is turned by
    up to 10 degrees, shifted and zoomed by up to a tenth and flipped, on the
    processor, image by image.

    Returns:
        `keras.utils.PyDataset` of `(float32 channels, target)`.
    """
    # What `tf.keras.preprocessing.image` is, with or without TensorFlow; Keras
    # has it in no other public place any more.
    from keras._tf_keras.keras.preprocessing.image import ImageDataGenerator

    faces = whole_batches(setup)
    networks, size = setup.networks, setup.recipe.batch_size
    inputs = {
        "image": faces.images,
        "transform": networks.plain(len(faces.labels)),
    }
    channels = networks.front_end.predict(inputs, batch_size=size, verbose=0)
    generator = ImageDataGenerator(
        rotation_range=10,
        width_shift_range=0.1,
        height_shift_range=0.1,
        zoom_range=0.1,
        horizontal_flip=True,
    )
    return generator.flow(channels, setup.task.targets(faces), size)


def peers_rates(setup, seconds=2.0):
    """`Rates` of Keras' `fit` on images that the processor augments.

    Args:
        setup: `ferkeras.training.train.Setup`.
        seconds: to time, of each rate.
    """
    model = compiled(setup.networks.from_channels, setup)
    batches = peers_batches(setup)
    same = SameBatch(batches[0], len(batches))
    return Rates(
        *(
            timed(model, each, batches.n, len(batches), seconds)
            for each in (batches, same)
        )
    )


def fit_rates(setup, seconds=2.0):
    """`Rates` of `ferkeras.training.fit.fit`, without scoring.

    Args:
        setup: `ferkeras.training.train.Setup`.
        seconds: to time, of each rate.
    """
    faces, recipe = whole_batches(setup), setup.recipe
    model = compiled(setup.networks.training, setup)
    fuse_update(model)
    batches = training_batches(
        faces, setup.task.targets(faces), recipe, 0, range(MANY)
    )
    count = len(faces.labels)
    steps = recipe.steps(count)
    if isinstance(batches, keras.utils.PyDataset):
        same = SameBatch(batches[0], steps)
    else:
        same = batches.take(1).cache().repeat()
    # A run's clock sees every batch.
    return Rates(
        *(
            timed(model, each, count, steps, seconds, [Clock(None)])
            for each in (batches, same)
        )
    )


def engine_rate(setup, runs=1, seconds=2.0, ready=lambda: None):
    """Images a second of `ferkeras.training.engine.Engine`, without scoring.

    Args:
        setup: `ferkeras.training.train.Setup`; the backend must be JAX.
        runs: how many side by side.
        seconds: to time.
        ready: called once all is compiled.

    Returns:
        The rate of all runs together.
    """
    import jax

    engine, recipe = Engine(setup, runs), setup.recipe
    start = {"model": values_of(setup.networks.training.variables)}
    state = engine.put([start] * runs)
    count, size = setup.faces.images.shape[:2]
    plan = epoch_plans(count, size, recipe.augment, range(runs), 0)
    steps, arrays = next(stretches_of(plan, recipe.batch_size))
    arrays = tuple(arrays)
    state = jax.block_until_ready(engine.advance(state, arrays))
    ready()
    ends = [seconds_now()]
    while not enough(ends, seconds):
        state = jax.block_until_ready(engine.advance(state, arrays))
        ends.append(seconds_now())
    return rate_of(ends, runs * steps * min(count, recipe.batch_size))
