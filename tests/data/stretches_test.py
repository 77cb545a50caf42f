"""Epochs cut into stretches."""

from functools import partial

import numpy as np
import pytest

from ferkeras.data import epoch_plan, epoch_plans, random_affine, stretches_of
from ferkeras.data.stretches import stretches

AUGMENT = partial(random_affine, rotation=10, shift=0.1)


@pytest.mark.parametrize(
    "steps,length,rest",
    # Published sizes in batches of 128, a prime, a few, a divisor.
    [(224, 56, 0), (179, 59, 2), (223, 37, 1), (5, 5, 0), (64, 64, 0)],
)
def test_equal_stretches_and_a_short_rest(steps, length, rest):
    cuts = stretches(steps)
    assert [start for start, _ in cuts] == [0, *(stop for _, stop in cuts[:-1])]
    assert cuts[-1][1] == steps
    *full, last = [stop - start for start, stop in cuts]
    assert {*full, length} == {length}
    assert last == (rest or length)
    assert length <= 64


def test_no_step_has_no_stretch():
    assert stretches(0) == []


@pytest.mark.parametrize("count,done", [(300, 0), (305, 0), (305, 8), (7, 0)])
def test_stretches_hold_the_plan_of_each_seed_from_a_step_on(count, done):
    seeds = 4, 9
    plan = epoch_plans(count, 24, AUGMENT, seeds, 3)
    behind, parts = done, [[], []]
    for steps, arrays in stretches_of(plan, 10, done):
        orders, transforms = arrays
        assert len(orders) == len(transforms) == steps - behind
        behind = steps
        for place, own in enumerate(parts):
            own.append(
                (
                    orders[:, place].reshape(-1),
                    transforms[:, place].reshape(-1, 6),
                )
            )
    assert behind == -(-count // 10)
    for seed, own in zip(seeds, parts, strict=True):
        order, transforms = epoch_plan(count, 24, AUGMENT, seed, 3)
        found = [np.concatenate(each) for each in zip(*own, strict=True)]
        np.testing.assert_array_equal(found[0], order[10 * done :])
        np.testing.assert_array_equal(found[1], transforms[10 * done :])


def test_a_stretch_that_was_stopped_within_is_gone_on_with():
    plan = epoch_plans(1290, 24, AUGMENT, (0,), 0)
    (first, second, last) = (steps for steps, _ in stretches_of(plan, 10))
    assert (first, second, last) == (43, 86, 129)
    again = [
        (steps, len(next(arrays)))
        for steps, arrays in stretches_of(plan, 10, 50)
    ]
    assert again == [(86, 36), (129, 43)]
