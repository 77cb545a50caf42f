"""An epoch as arrays for calls of many steps each."""

from collections.abc import Iterator, Sequence

import numpy as np

from ferkeras.data.augment import Augment
from ferkeras.data.pipeline import epoch_plan

LONGEST = 64  # steps; epochs of small sets, seconds of large networks


def stretches(steps: int) -> list[tuple[int, int]]:
    """Divide steps into stretches of equal length and a rest.

    Each length is compiled by itself: the rest is short, and often none.

    Returns:
        List of `(start, stop)`.
    """
    if not steps:
        return []
    longest = min(LONGEST, steps)
    lengths = range((longest + 1) // 2, longest + 1)
    length = min(lengths, key=lambda n: (steps % n, -n))
    starts = range(0, steps, length)
    return [(start, min(start + length, steps)) for start in starts]


def epoch_plans(
    count: int,
    image_size: int,
    augment: Augment,
    seeds: Sequence[int],
    epoch: int,
) -> tuple[np.ndarray, np.ndarray]:
    """`epoch_plan` of several seeds.

    Returns:
        int32 `(seeds, count)` and float32 `(seeds, count, parameters)`.
    """
    plans = [epoch_plan(count, image_size, augment, s, epoch) for s in seeds]
    orders, transforms = map(np.stack, zip(*plans, strict=True))
    return orders.astype(np.int32), transforms


def stretches_of(
    plan: tuple[np.ndarray, np.ndarray], batch_size: int, done: int = 0
) -> Iterator[tuple[int, Iterator[np.ndarray]]]:
    """Cut an epoch's plan into stretches; the last, smaller batch is its own.

    Args:
        plan: what `epoch_plans` returned.
        batch_size: images a step.
        done: steps that are behind already.

    Yields:
        The number of steps that are then behind, and orders and transforms,
        `(steps, seeds, batch, ...)`.
    """
    count = plan[0].shape[1]
    steps, rest = divmod(count, batch_size)
    for start, stop in stretches(steps):
        if stop > done:
            first = max(start, done) * batch_size
            yield stop, batches(plan, first, stop * batch_size, batch_size)
    if rest and done <= steps:
        yield steps + 1, batches(plan, count - rest, count, rest)


def batches(
    plan: tuple[np.ndarray, np.ndarray], start: int, stop: int, size: int
) -> Iterator[np.ndarray]:
    """Part of a plan as `(steps, seeds, size, ...)`."""
    for values in plan:
        part = values[:, start:stop]
        part = part.reshape(len(part), -1, size, *part.shape[2:])
        yield np.swapaxes(part, 0, 1)
