"""Learning rates and momenta that change from step to step."""

import math

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="ferkeras")
class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """Go from one value to a second and on to a third, along half cosines.

    After `t` steps the value is `peak + (start - peak) * cos^2(pi / 2 * t / u)`
    up to `u = floor(fraction * total_steps)`, then
    `end + (peak - end) * cos^2(pi / 2 * (t - u) / (total_steps - u))`, and
    `end` after `total_steps`.

    Args:
        total_steps: batches of the whole cycle.
        start: value at the first step.
        peak: value at the turn.
        end: value after the last step.
        fraction: part of the steps before the turn.

    Raises:
        ValueError: where either part of the cycle has no step.

    Reference: `OneCycleScheduler` of fastai 1, https://github.com/fastai/fastai1.
    """

    def __init__(self, total_steps, start, peak, end, fraction=0.3):
        self.total_steps = total_steps
        self.start, self.peak, self.end = start, peak, end
        self.fraction = fraction
        self.turn = int(total_steps * fraction)
        if not 0 < self.turn < total_steps:
            raise ValueError(
                "Each part of the cycle takes a step or more. Received: "
                f"total_steps={total_steps}, fraction={fraction}"
            )

    def __call__(self, step):
        step = ops.cast(step, "float32")
        up, down = self.turn, self.total_steps - self.turn
        before = between(self.start, self.peak, step / up)
        after = between(self.peak, self.end, (step - up) / down)
        return ops.where(step <= up, before, after)

    def get_config(self):
        return {
            "total_steps": self.total_steps,
            "start": self.start,
            "peak": self.peak,
            "end": self.end,
            "fraction": self.fraction,
        }


def between(first, last, progress):
    """Value on the half cosine from `first` to `last`, at progress 0 to 1."""
    # Squared: in float32, 1 + cos would lose the tiny rates at the end.
    angle = math.pi / 2 * ops.clip(progress, 0.0, 1.0)
    return last + (first - last) * ops.square(ops.cos(angle))


def one_cycle(total_steps, peak):
    """Learning rates of fastai: peak/25, up to peak, down to peak/250,000."""
    return OneCycle(total_steps, peak / 25, peak, peak / 250_000)


def one_cycle_momentum(total_steps):
    """Momenta (Adam's beta_1) that go with `one_cycle`: 0.95, 0.85, 0.95."""
    return OneCycle(total_steps, 0.95, 0.85, 0.95)


def cosine(total_steps, start):
    """Learning rates from `start` down to 0, along half a cosine."""
    return keras.optimizers.schedules.CosineDecay(start, total_steps)


def averaging(total_steps, share):
    """Momentum of a moving average over about a share of all steps.

    So that `ema_momentum` of Keras' optimizers means the same for few images
    and for many: 0.95 of the weights' average, at the end, are of the last
    `3 * share` of the steps.
    """
    return 1 - 1 / max(share * total_steps, 1)
