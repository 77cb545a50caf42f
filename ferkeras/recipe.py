"""How a row is trained."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Phase:
    """One stretch of training with one optimizer.

    Attributes:
        optimizer: factory `() -> keras.optimizers.Optimizer`, such as
            `functools.partial(keras.optimizers.Adam, 1e-3)`.
        epochs: number of passes over the training split.
    """

    optimizer: Callable
    epochs: int


@dataclass(frozen=True)
class Recipe:
    """Phases of training and what they share.

    Attributes:
        phases: tuple of `Phase`, run in order.
        batch_size: images a step.
        augment: `(rng, count, image_size) -> (count, 6)` affine transforms of
            one epoch, such as a `functools.partial` of
            `ferkeras.data.random_affine`.
        assumed: what the paper leaves open, each with the choice made here.
    """

    phases: tuple[Phase, ...]
    batch_size: int
    augment: Callable
    assumed: tuple[str, ...] = ()

    @property
    def epochs(self) -> int:
        """Epochs of all phases together."""
        return sum(phase.epochs for phase in self.phases)
