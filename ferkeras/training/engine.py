"""A phase of training on JAX: many steps a call, images on the device.

Keras dispatches every step from Python, which small networks wait for. Here a
stretch of an epoch is one compiled call: `jax.lax.scan` over batches that are
gathered from the images on the device. The steps are Keras' own, through its
stateless calls, and so are the numbers.
"""

import time
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np

from ferkeras.data import epoch_plans, stretches_of
from ferkeras.limits import SCORING_BATCH
from ferkeras.training.devices import accelerated
from ferkeras.training.resident import on_device
from ferkeras.training.sharing import everywhere


def fits(setup):
    """Whether an accelerator is here, under JAX, that takes the images.

    On a processor Keras' `fit` is the faster: XLA's convolutions are slow
    inside loops there (jax-ml/jax#12868).

    Args:
        setup: `ferkeras.training.train.Setup`.
    """
    if not accelerated("jax"):
        return False
    sets = [setup.faces, *setup.selections.values()]
    import jax

    limit = (jax.devices()[0].memory_stats() or {}).get("bytes_limit", 0)
    return sum(faces.images.nbytes for faces in sets) < limit / 4


class Engine:
    """A phase, compiled for one run or for several side by side.

    Several runs are stacked: their states have a leading axis, and share
    nothing but the images and the program.

    Args:
        setup: `ferkeras.training.train.Setup`.
        runs: how many.
    """

    def __init__(self, setup, runs=1):
        import jax

        self.setup, self.runs = setup, runs
        self.model, self.optimizer = setup.networks.training, setup.optimizer
        self.loss = setup.recipe.loss()
        task = setup.task
        self.means = keras.metrics.Mean("loss"), task.measure(name=task.metric)
        # Places of both kinds among all variables of the model.
        place = {id(v): index for index, v in enumerate(self.model.variables)}
        self.places = {
            "trainable": [place[id(v)] for v in self.model.trainable_variables],
            "fixed": [place[id(v)] for v in self.model.non_trainable_variables],
        }
        self.train_set = self._on_device(setup.faces)
        self.selections = {
            name: self._on_device(faces)
            for name, faces in setup.selections.items()
        }
        step, score = self._step, self._score
        if runs > 1:
            step = jax.vmap(step, in_axes=(0, None, 0, 0))
            score = jax.vmap(score, in_axes=(0, None))

        def stretch(state, chosen, orders, transforms):
            def one(state, batch):
                return step(state, chosen, *batch), None

            batches = orders, transforms
            if runs == 1:
                batches = orders[:, 0], transforms[:, 0]
            return jax.lax.scan(one, state, batches)[0]

        def copy(state, index):
            if runs > 1:
                return jax.tree.map(lambda x: x[index], state)
            return jax.tree.map(jax.numpy.copy, state)

        self._stretch = jax.jit(stretch, donate_argnums=0)
        self._scores = jax.jit(score)
        self._copy = jax.jit(copy)

    def _on_device(self, faces):
        """Images and targets of a set."""
        return on_device((faces.images, self.setup.task.targets(faces)))

    def _outputs(self, state, images, transforms, training):
        """Outputs, the variables that change by a call, and added losses."""
        outputs, fixed, added = self.model.stateless_call(
            state["trainable"],
            state["fixed"],
            {"image": images, "transform": transforms},
            training=training,
            return_losses=True,
        )
        return outputs, fixed, sum(map(keras.ops.sum, added))

    def _tally(self, totals, loss, targets, outputs):
        """Running means, as Keras keeps them."""
        mean, measure = self.means
        return [
            mean.stateless_update_state(totals[0], loss, len(targets)),
            measure.stateless_update_state(totals[1], targets, outputs),
        ]

    def _no_totals(self):
        return [mean.stateless_reset_state() for mean in self.means]

    def _step(self, state, chosen, order, transforms):
        """One step of training; `order` says on which images."""
        import jax

        images, targets = (values[order] for values in chosen)

        def objective(trainable):
            outputs, fixed, added = self._outputs(
                state | {"trainable": trainable}, images, transforms, True
            )
            return self.loss(targets, outputs) + added, (outputs, fixed)

        differentiate = jax.value_and_grad(objective, has_aux=True)
        (loss, (outputs, fixed)), gradients = differentiate(state["trainable"])
        trainable, optimizer = self.optimizer.stateless_apply(
            state["optimizer"], gradients, state["trainable"]
        )
        return {
            "trainable": trainable,
            "fixed": fixed,
            "optimizer": optimizer,
            "totals": self._tally(state["totals"], loss, targets, outputs),
        }

    def _score(self, state, chosen):
        """Totals over a set that is not trained on."""
        import jax

        (plain,) = self.setup.networks.plain(1)
        averages = [state["optimizer"][at] for at in self.setup.averages]
        state = state | {"trainable": averages or state["trainable"]}

        def one(totals, order):
            images, targets = (values[order] for values in chosen)
            transforms = np.tile(plain, (len(order), 1))
            outputs, _, added = self._outputs(state, images, transforms, False)
            loss = self.loss(targets, outputs) + added
            return self._tally(totals, loss, targets, outputs), None

        order = np.arange(len(chosen[0]), dtype=np.int32)
        full = len(order) // SCORING_BATCH * SCORING_BATCH
        totals = self._no_totals()
        if full:
            orders = order[:full].reshape(-1, SCORING_BATCH)
            totals, _ = jax.lax.scan(one, totals, orders)
        if full < len(order):
            totals, _ = one(totals, order[full:])
        return totals

    def results(self, totals, index):
        """One run's means as floats, from totals in memory."""
        import jax

        if self.runs > 1:
            totals = jax.tree.map(lambda values: values[index], totals)
        return {
            mean.name: float(mean.stateless_result(values))
            for mean, values in zip(self.means, totals, strict=True)
        }

    def put(self, states):
        """Put runs' states, as of `RunFolder`, on the device.

        A state within an epoch has `totals` too.
        """
        import jax
        import jax.numpy as jnp

        _, shape = jax.tree.flatten(self._no_totals())
        found = []
        for state in states:
            model, totals = state["model"], state.get("totals")
            one = {k: [model[i] for i in v] for k, v in self.places.items()}
            one["optimizer"] = list(state.get("optimizer", self.setup.fresh))
            one["totals"] = (
                jax.tree.unflatten(shape, totals)
                if totals
                else self._no_totals()
            )
            found.append(one)
        if self.runs > 1:
            return jax.tree.map(lambda *values: jnp.stack(values), *found)
        # Copies, since what a stretch starts from is used up.
        return jax.device_put(jax.tree.map(jnp.array, *found), everywhere())

    def take(self, state, index):
        """Copy a run's state, with totals, from what `put` gave."""
        import jax

        one = self._copy(state, index)
        model = [None] * len(self.model.variables)
        for kind, places in self.places.items():
            for place, values in zip(places, one[kind], strict=True):
                model[place] = values
        totals = jax.tree.leaves(one["totals"])
        return {"model": model, "optimizer": one["optimizer"], "totals": totals}

    def plan(self, runs, epoch):
        """Order and transforms of an epoch."""
        count, size = self.setup.faces.images.shape[:2]
        augment, seeds = self.setup.recipe.augment, [x.seed for x in runs]
        return epoch_plans(count, size, augment, seeds, epoch)

    def advance(self, state, arrays):
        """Train a stretch, as of `stretches_of`; `state` is used up."""
        return self._stretch(state, self.train_set, *arrays)

    def train(self, runs, epochs, callbacks):
        """Train runs through the phase, each from its state.

        Args:
            runs: list of `ferkeras.training.train.Run`.
            epochs: `range` of epochs.
            callbacks: Keras callbacks.
        """
        import jax
        import jax.numpy as jnp

        callbacks = keras.callbacks.CallbackList(callbacks, model=self.model)
        states, done, elapsed = [run.state for run in runs], 0, 0.0
        stopped = [run.within() for run in runs]
        if all(stopped) and len({steps for steps, _ in stopped}) == 1:
            states = [state for _, state in stopped]
            done = stopped[0][0]
            elapsed = float(states[0]["elapsed"][0])
        state = self.put(states)
        with ThreadPoolExecutor(1) as ahead:
            coming = ahead.submit(self.plan, runs, epochs.start)
            for epoch in epochs:
                plan = coming.result()
                if epoch + 1 < epochs.stop:
                    coming = ahead.submit(self.plan, runs, epoch + 1)
                callbacks.on_epoch_begin(epoch)
                began = time.monotonic() - elapsed
                state = self._train_epoch(
                    state, runs, plan, done, began, callbacks
                )
                trained = time.monotonic()
                self._tell(state, runs, began, trained)
                zero = jax.tree.map(jnp.zeros_like, state["totals"])
                state, done, elapsed = state | {"totals": zero}, 0, 0.0
                logs = dict(runs[0].folders[0].history[-1])
                callbacks.on_epoch_end(epoch, logs)

    def _train_epoch(self, state, runs, plan, done, began, callbacks):
        """Train on every image once, from a number of steps on."""
        import jax

        size = self.setup.recipe.batch_size
        for steps, arrays in stretches_of(plan, size, done):
            # Never further ahead of the device than one stretch.
            jax.block_until_ready(state["totals"])
            if done and runs[0].is_due:
                elapsed = {"elapsed": [time.monotonic() - began]}
                for index, run in enumerate(runs):
                    run.save_within(done, self.take(state, index) | elapsed)
            state = self.advance(state, arrays)
            callbacks.on_train_batch_end(steps - 1)
            done = steps
        return jax.block_until_ready(state)

    def _tell(self, state, runs, began, trained):
        """Score what was trained, and hand it to the runs."""
        import jax

        scores = {
            name: self._scores(state, chosen)
            for name, chosen in self.selections.items()
        }
        totals, scores = jax.device_get((state["totals"], scores))
        # Side by side, each has its share of the time.
        logs = {
            "seconds": (time.monotonic() - began) / self.runs,
            "train_seconds": (trained - began) / self.runs,
        }
        for index, run in enumerate(runs):
            after = self.setup.averaged(self.take(state, index))
            del after["totals"]
            found = {k: self.results(x, index) for k, x in scores.items()}
            run.epoch_done(self.results(totals, index) | logs, found, after)
