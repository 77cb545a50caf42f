"""How a row is trained."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import keras
from keras.losses import SparseCategoricalCrossentropy

from ferkeras.data.augment import Augment

cross_entropy = partial(SparseCategoricalCrossentropy, from_logits=True)


@dataclass(frozen=True)
class Phase:
    """One stretch of training with one optimizer.

    Attributes:
        optimizer: factory `(**schedules) -> keras.optimizers.Optimizer`, such
            as `functools.partial(keras.optimizers.Adam, 1e-3)`. With `use_ema`,
            its averages of the weights choose the epoch and are scored.
        epochs: number of passes over the training split.
        schedules: arguments of the optimizer that change from step to step, or
            depend on how many there are, each a function `total_steps ->
            schedule or float` such as
            `functools.partial(one_cycle, peak=1e-3)`, of
            `ferkeras.training.schedules`.
        frozen: regular expression; layers whose names match it from the start
            are not trained, and their batch normalisation is as in scoring.
        image_size: side of the images in pixels; the row's own where None.
    """

    optimizer: Callable[..., keras.Optimizer]
    epochs: int
    schedules: Mapping[str, Callable] = field(default_factory=dict)
    frozen: str = ""
    image_size: int | None = None

    def build_optimizer(self, steps: int) -> keras.Optimizer:
        """Its optimizer, for `steps` batches an epoch."""
        total = steps * self.epochs
        return self.optimizer(
            **{name: of(total) for name, of in self.schedules.items()}
        )


@dataclass(frozen=True)
class Recipe:
    """Phases of training and what they share.

    Attributes:
        phases: tuple of `Phase`, run in order; none where the weights that a
            row starts from are scored as they are.
        batch_size: images a step.
        augment: `(rng, count, image_size) -> (count, parameters)` transforms of
            one epoch, such as a `functools.partial` of
            `ferkeras.data.random_affine`.
        assumed: what the paper leaves open, each with the choice made here.
        loss: factory `() -> keras.Loss`.
        views: `(rng, count, image_size) -> (views, count, parameters)`
            transforms whose predictions are averaged when scoring, or None to
            score images as they are.
        raw_scores: whether what is averaged is the logits of the views alone;
            else, as fastai does, probabilities, the image's own among them.
        precision: dtype policy of Keras, `"float32"` or `"mixed_bfloat16"`.
    """

    phases: tuple[Phase, ...]
    batch_size: int
    augment: Augment
    assumed: tuple[str, ...] = ()
    loss: Callable[[], keras.Loss] = cross_entropy
    views: Augment | None = None
    raw_scores: bool = False
    precision: str = "float32"

    @property
    def epochs(self) -> int:
        """Epochs of all phases together."""
        return sum(phase.epochs for phase in self.phases)

    @property
    def chosen_from(self) -> int:
        """Epochs before the first that may be chosen.

        Scores at one size say nothing of another: where sizes differ, those
        of the last phase are compared alone.
        """
        sizes = {phase.image_size for phase in self.phases}
        return self.epochs - self.phases[-1].epochs if len(sizes) > 1 else 0

    def steps(self, images: int) -> int:
        """Batches an epoch of so many images."""
        return -(-images // self.batch_size)
