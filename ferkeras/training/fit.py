"""A phase of training by Keras' own `fit`."""

import math

import keras

from ferkeras.data import (
    EpochBatches,
    scoring_batches,
    through,
    training_batches,
)
from ferkeras.limits import SCORING_BATCH
from ferkeras.training.fit_callbacks import HandToRun, ScoreSelections, Timer
from ferkeras.training.resident import reside

FUSED_FROM = 1_000_000  # weights
STEPS = 32  # a call, on a GPU, at most


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
    if weights >= FUSED_FROM and keras.backend.backend() == "tensorflow":
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
            as many steps a call as `calls_of` has. On a processor none was
            measurably the fastest.
    """
    model, training_places, selection_places = model_for(setup, feed)
    model.compile(
        optimizer=setup.optimizer,
        loss=setup.recipe.loss(),
        metrics=[setup.task.measure(name=setup.task.metric)],
        steps_per_execution=calls_of(setup.steps) if selection_places else 1,
    )
    fuse_update(model)
    assign(model.variables, run.state["model"])
    assign(model.optimizer.variables, run.state.get("optimizer", setup.fresh))
    batches, begin = run_batches(setup, run, epochs, feed, training_places)
    selections = selection_batches(setup, feed, selection_places)
    validated, *_ = selections
    model.fit(
        batches,
        initial_epoch=epochs.start,
        epochs=epochs.stop,
        steps_per_epoch=setup.steps,
        validation_data=selections[validated],
        shuffle=False,
        verbose=0,
        callbacks=[*begin, *callbacks_for(setup, run, selections), *callbacks],
    )


def calls_of(steps):
    """Steps a call, such that an epoch is a whole number of calls.

    Of others, Keras would take the last call's steps from the next epoch.

    Args:
        steps: of an epoch.
    """
    return max(k for k in range(1, STEPS + 1) if steps % k == 0)


def model_for(setup, feed):
    """The model that a feed trains, and where in it the images are.

    Args:
        setup: `ferkeras.training.train.Setup`.
        feed: as of `fit`.

    Returns:
        keras.Model, with the variables of `Networks.training`; where it has
        the images, as `reside` has it, int32 places of those to train on, and
        a dict of places of those that choose an epoch; else None and an empty
        dict.
    """
    if feed == "device":
        return reside(setup)
    networks = setup.networks
    piped = feed == "pipeline"
    return networks.from_channels if piped else networks.training, None, {}


def fed(batches, setup, feed):
    """Batches of images as a feed has them, `"pipeline"` as channels."""
    if feed == "pipeline":
        return through(batches, setup.networks.front_end)
    return batches


def run_batches(setup, run, epochs, feed, places):
    """Batches that a run trains on, and the callbacks that these need.

    Args:
        setup: `ferkeras.training.train.Setup`.
        run: `ferkeras.training.train.Run`, whose seed orders the images.
        epochs: as of `fit`, like `feed`.
        feed: how images reach the network.
        places: of the images, as of `training_batches`, or None.
    """
    faces = setup.faces
    batches = training_batches(
        faces, setup.task.targets(faces), setup.recipe, run.seed, epochs, places
    )
    begin = []
    if isinstance(batches, EpochBatches):
        begin = [keras.callbacks.LambdaCallback(batches.begin)]
    return fed(batches, setup, feed), begin


def selection_batches(setup, feed, places):
    """Batches of each set that chooses an epoch, by its fingerprint.

    Args:
        setup: `ferkeras.training.train.Setup`.
        feed: as of `fit`.
        places: dict of the images' places, as of `scoring_batches`, by
            fingerprint; of a set that it lacks, the batches have the images.
    """
    return {
        name: fed(
            scoring_batches(
                faces,
                setup.task.targets(faces),
                SCORING_BATCH,
                setup.networks.plain(len(faces.labels)),
                places.get(name),
            ),
            setup,
            feed,
        )
        for name, faces in setup.selections.items()
    }


def callbacks_for(setup, run, selections):
    """Keras callbacks that score each epoch and hand it to the run.

    Args:
        setup: `ferkeras.training.train.Setup`.
        run: `ferkeras.training.train.Run`.
        selections: what `selection_batches` gives; fit itself scores on the
            first, as its validation data.
    """
    # Where the optimizer keeps averages, these are what is scored.
    swap = [keras.callbacks.SwapEMAWeights()] if setup.averages else []
    validated, *others = selections
    further = ScoreSelections({k: selections[k] for k in others}, swap)
    hand_to_run = HandToRun(setup, run, validated, further)
    return [*swap, further, Timer(), hand_to_run]
