"""Training runs of a row, so that a kill at any moment loses seconds."""

import re
import time
from dataclasses import dataclass

import keras

from ferkeras.data import Faces
from ferkeras.papers.recipe import Recipe
from ferkeras.papers.task import Task
from ferkeras.training.build import Networks, at_size
from ferkeras.training.devices import accelerated
from ferkeras.training.engine import Engine, fits
from ferkeras.training.fit import fit
from ferkeras.training.fit_callbacks import values_of
from ferkeras.training.resident import can_reside


class OutOfTime(Exception):
    """The time budget does not reach to the end of the next epoch."""


class Clock(keras.callbacks.Callback):
    """Stop at a deadline, or before an epoch that would end after it.

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
        self.started = time.monotonic()

    def on_train_batch_end(self, batch, logs=None):
        self._stop_after(0)

    def on_test_batch_end(self, batch, logs=None):
        self._stop_after(0)

    def on_epoch_end(self, epoch, logs=None):
        self.longest = max(self.longest, time.monotonic() - self.started)


@dataclass
class Run:
    """One seed's training, whatever protocols make of it.

    Attributes:
        seed: of order and augmentation.
        folders: tuple of `RunFolder`, one a protocol, as far as one another.
        state: of the model, and within a phase of its optimizer.
    """

    seed: int
    folders: tuple
    state: dict

    def __post_init__(self):
        self.state = self.folders[0].state or self.state

    @property
    def epochs_done(self):
        """Number of epochs behind it."""
        return self.folders[0].epochs_done

    def epoch_done(self, logs, scores, state):
        """Take what an epoch came to.

        Args:
            logs: dict of floats: of training, and seconds.
            scores: the same of each set that chooses, by its fingerprint.
            state: as of `RunFolder`.
        """
        self.state = state
        for folder in self.folders:
            chosen = scores[folder.chosen_on].items()
            folder.epoch_done(logs | {f"val_{k}": v for k, v in chosen}, state)

    @property
    def is_due(self):
        """Whether a state within an epoch is to be saved."""
        return self.folders[0].is_due

    def save_within(self, steps, state):
        """Save a state within an epoch."""
        for folder in self.folders:
            folder.save_within(steps, state)

    def within(self):
        """Steps done, and state, of an epoch that was stopped; or None."""
        return self.folders[0].within()


@dataclass(frozen=True)
class Setup:
    """A phase, ready to be trained.

    Attributes:
        networks: `ferkeras.training.build.Networks` of the phase's image size.
        recipe: the row's `Recipe`.
        task: the row's `Task`.
        optimizer: built, of the variables that the phase trains.
        faces: `Faces` to train on.
        selections: `Faces` whose score chooses an epoch, by fingerprint.
        fresh: values of the optimizer's variables before the first step.
    """

    networks: Networks
    recipe: Recipe
    task: Task
    optimizer: keras.Optimizer
    faces: Faces
    selections: dict[str, Faces]
    fresh: list

    @property
    def steps(self):
        """Batches an epoch."""
        return self.recipe.steps(len(self.faces.labels))

    @property
    def averages(self):
        """Places of the weights' averages among the optimizer's variables.

        Of the weights that are trained, in their order; empty where the
        optimizer keeps none.
        """
        if not self.optimizer.use_ema:
            return []
        place = place_of(self.optimizer.variables)
        averages = self.optimizer._model_variables_moving_average
        return [place[id(variable)] for variable in averages]

    def averaged(self, state):
        """A state, with the model of averaged weights where there are any."""
        if not self.averages:
            return state
        model, values = self.networks.training, list(state["model"])
        place = place_of(model.variables)
        for weight, at in zip(
            model.trainable_variables, self.averages, strict=True
        ):
            values[place[id(weight)]] = state["optimizer"][at]
        return state | {"averaged": values}


def place_of(variables):
    """Places of variables in a list, by their identity."""
    return {id(variable): at for at, variable in enumerate(variables)}


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


def prepare_phase(networks, row, phase, faces_at):
    """Make a phase ready to be trained."""
    size = phase.image_size or row.image_size
    now = at_size(networks, row, size)
    faces, selections = faces_at(size)
    freeze(now.classifier, phase.frozen)
    now.compile_front_end(len(faces.labels) * phase.epochs)
    optimizer = phase.build_optimizer(row.recipe.steps(len(faces.labels)))
    optimizer.build(now.training.trainable_variables)
    return Setup(
        now,
        row.recipe,
        row.task,
        optimizer,
        faces,
        selections,
        values_of(optimizer.variables),
    )


def train(networks, row, faces_at, runs, deadline=None, callbacks=(), way=None):
    """Train runs to the last epoch, each from its last snapshot if it has one.

    A run that was killed and one that was not give the same history and
    weights on a processor; so do, within rounding, the ways of training.

    Args:
        networks: `ferkeras.training.build.Networks` of the row; what they hold
            at the end is of no meaning.
        row: `Experiment`.
        faces_at: `image size -> Faces, {fingerprint: Faces}`: those to train
            on, and those whose score chooses an epoch.
        runs: list of `Run`, as far as one another; their states and their
            folders take what comes out.
        deadline: `time.monotonic()` value after which not to go on.
        callbacks: further Keras callbacks. They see the epochs, with the first
            run's values by its first protocol, and the ends of batches, or of
            some batches at a time.
        way: `"engine"`, the runs side by side; or one after the other by
            `fit`, which names the ways; by default the fastest on the device.

    Raises:
        OutOfTime: where the deadline came first; call again to go on.
        ValueError: where some are further than others.
    """
    recipe, begin = row.recipe, 0
    folders = [folder for run in runs for folder in run.folders]
    resumed_at, *others = {folder.epochs_done for folder in folders}
    if others:
        raise ValueError(
            f"{', '.join(str(folder.path) for folder in folders)} are not as "
            "far as one another. The same command goes on with each alone."
        )
    longest = max(folder.longest for folder in folders)
    callbacks = [Clock(deadline, longest), *callbacks]
    try:
        for phase in recipe.phases:
            end = begin + phase.epochs
            epochs = range(max(begin, resumed_at), end)
            if epochs:
                if epochs.start == begin:
                    for run in runs:
                        run.state = {"model": run.state["model"]}
                setup = prepare_phase(networks, row, phase, faces_at)
                chosen = way or best_way(setup)
                if chosen == "engine":
                    Engine(setup, len(runs)).train(runs, epochs, callbacks)
                else:
                    for run in runs:
                        fit(setup, run, epochs, callbacks, chosen)
            begin = end
    finally:
        # What was under way when it was stopped is lost, and no more.
        for folder in folders:
            folder.save()


def best_way(setup):
    """The fastest way of `train` on this device."""
    if fits(setup):
        return "engine"
    return (
        "device" if accelerated("tensorflow") and can_reside(setup) else "step"
    )
