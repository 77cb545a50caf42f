"""Optimizers with learning rates by group of layers and scheduled momentum."""

import re

import keras
from keras import ops
from keras.optimizers.schedules import LearningRateSchedule


class Grouped:
    """What makes an optimizer of Keras one with groups.

    A subclass calls `decay` first thing in `update_step`, and names in
    `momentum_argument` the argument that takes a number or a schedule, which
    it sets as `_momentum_setting` and reads as `_momentum`.
    """

    _of_this_step = None

    def __init__(self, *args, multipliers=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.multipliers = dict(multipliers or {})

    def build(self, variables):
        if self.built:
            return
        paths = [variable.path for variable in variables]
        self._check_patterns(paths)
        self._by_variable = tuple(map(self._multiplier, paths))
        super().build(variables)

    def _check_patterns(self, paths):
        for pattern in self.multipliers:
            if not any(re.search(pattern, path) for path in paths):
                raise ValueError(
                    "Each pattern of `multipliers` must be found in the path "
                    f"of a trainable variable. Received: {pattern!r}, with "
                    f"variables {', '.join(paths)}"
                )

    def _multiplier(self, path):
        found = [each for each in self.multipliers if re.search(each, path)]
        if len(found) > 1:
            raise ValueError(
                "A variable must match one pattern of `multipliers` at most. "
                f"Received: {path}, which matches {', '.join(found)}"
            )
        return self.multipliers[found[0]] if found else 1.0

    @property
    def _momentum(self):
        """Value at the current step, a number or a scalar."""
        if self._of_this_step is not None:
            return self._of_this_step
        if isinstance(self._momentum_setting, LearningRateSchedule):
            return self._momentum_setting(self.iterations)
        return self._momentum_setting

    def apply(self, *args, **kwargs):
        # Once a step, not once a variable.
        self._of_this_step = self._momentum
        try:
            return super().apply(*args, **kwargs)
        finally:
            self._of_this_step = None

    def decay(self, variable, learning_rate):
        """Decay a variable at its own learning rate, and return that rate."""
        multiplier = self._by_variable[self._get_variable_index(variable)]
        rate = ops.cast(ops.multiply(learning_rate, multiplier), variable.dtype)
        if self.weight_decay is not None and self._use_weight_decay(variable):
            lost = ops.multiply(variable, self.weight_decay)
            self.assign_sub(variable, ops.multiply(lost, rate))
        return rate

    def _apply_weight_decay(self, variables):
        # Keras would decay every variable at the one learning rate.
        pass

    def get_config(self):
        name = self.momentum_argument
        return {
            **super().get_config(),
            "multipliers": dict(self.multipliers),
            name: keras.saving.serialize_keras_object(self._momentum_setting),
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        name = cls.momentum_argument
        setting = keras.saving.deserialize_keras_object(config[name])
        return super().from_config({**config, name: setting}, custom_objects)


@keras.saving.register_keras_serializable(package="ferkeras")
class GroupedAdam(Grouped, keras.optimizers.Adam):
    """Adam with decoupled weight decay and a learning rate a group of layers.

    A variable's learning rate, and with it its weight decay, is the
    optimizer's times the multiplier of its group, as in PyTorch's parameter
    groups.

    Args:
        learning_rate: number or schedule.
        beta_1: number or schedule; bias is corrected with its current value,
            as in PyTorch.
        multipliers: mapping of regular expressions to multipliers of the
            learning rate. Each is searched for in `variable.path`; a variable
            without a match has 1. The path begins with the layer's name: a
            model nested in another adds nothing, a layer made of layers does.
        **kwargs: the other arguments of `keras.optimizers.Adam`.

    Raises:
        ValueError: in `build`, for a variable that several patterns match and
            for a pattern that matches none.
    """

    momentum_argument = "beta_1"

    @property
    def beta_1(self):
        return self._momentum

    @beta_1.setter
    def beta_1(self, setting):
        self._momentum_setting = setting

    def update_step(self, gradient, variable, learning_rate):
        rate = self.decay(variable, learning_rate)
        super().update_step(gradient, variable, rate)


@keras.saving.register_keras_serializable(package="ferkeras")
class GroupedSGD(Grouped, keras.optimizers.Optimizer):
    """SGD with momentum, otherwise as `GroupedAdam`.

    `velocity = momentum * velocity - learning_rate * gradient`, added to the
    variable, as in Keras. PyTorch multiplies by the learning rate after the
    sum, which differs where the rate changes within some ten steps.

    Args:
        learning_rate: number or schedule.
        momentum: number or schedule.
        multipliers: as in `GroupedAdam`.
        **kwargs: the arguments of `keras.Optimizer`.

    Raises:
        ValueError: as in `GroupedAdam`.
    """

    momentum_argument = "momentum"

    def __init__(self, learning_rate=0.01, momentum=0.9, **kwargs):
        super().__init__(learning_rate, **kwargs)
        self._momentum_setting = momentum

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.momentums = self.add_optimizer_variables(variables, "momentum")

    def update_step(self, gradient, variable, learning_rate):
        rate = self.decay(variable, learning_rate)
        velocity = self.momentums[self._get_variable_index(variable)]
        momentum = ops.cast(self._momentum, variable.dtype)
        kept = ops.multiply(velocity, momentum)
        step = ops.multiply(ops.cast(gradient, variable.dtype), rate)
        self.assign(velocity, ops.subtract(kept, step))
        self.assign_add(variable, velocity)
