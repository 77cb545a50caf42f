import json
from functools import partial

import keras
import numpy as np
import pytest
from keras import layers
from keras.optimizers.schedules import PiecewiseConstantDecay

from ferkeras.training.optimizers import GroupedAdam, GroupedSGD
from ferkeras.training.schedules import one_cycle, one_cycle_momentum

RNG = np.random.default_rng(0)
INPUTS = RNG.normal(0, 1, (32, 4)).astype(np.float32)
TARGETS = RNG.normal(0, 1, (32, 3)).astype(np.float32)
# 0.5 in the first step and 0.25 from then on.
FALLING = PiecewiseConstantDecay([0], [0.5, 0.25])
# Ours, Keras' own, and settings away from the defaults.
ADAM = (
    GroupedAdam,
    keras.optimizers.Adam,
    {"beta_1": 0.85, "beta_2": 0.99, "weight_decay": 0.1},
)
SGD = (
    GroupedSGD,
    keras.optimizers.SGD,
    {"momentum": 0.9, "weight_decay": 0.1},
)
each = pytest.mark.parametrize(
    "ours,plain,settings", [ADAM, SGD], ids=["adam", "sgd"]
)


def stack():
    keras.utils.set_random_seed(0)
    inputs = keras.Input((4,))
    x = layers.Dense(5, activation="tanh", name="low")(inputs)
    return keras.Model(inputs, layers.Dense(3, name="high")(x))


def branches(*names):
    """One dense layer a name, each with an output and weights of its own."""
    inputs = keras.Input((4,))
    outputs = [
        layers.Dense(
            3,
            kernel_initializer=keras.initializers.GlorotUniform(len(name)),
            name=name,
        )(inputs)
        for name in names
    ]
    return keras.Model(inputs, outputs)


def fitted(model, optimizer, epochs=3):
    """Weights by path after compiled steps, four an epoch."""
    if optimizer:
        model.compile(optimizer, "mse")
    targets = [TARGETS] * len(model.outputs)
    model.fit(
        INPUTS, targets, batch_size=8, epochs=epochs, shuffle=False, verbose=0
    )
    return weights(model)


def weights(model):
    return {
        variable.path: keras.ops.convert_to_numpy(variable)
        for variable in model.trainable_variables
    }


def weight_after(optimizer, slope=1.0, start=0.0):
    """A single weight after three compiled steps on a constant slope."""
    inputs = keras.Input((1,))
    layer = layers.Dense(
        1,
        use_bias=False,
        kernel_initializer=keras.initializers.Constant(start),
        name="single",
    )
    model = keras.Model(inputs, layer(inputs))
    model.compile(optimizer, lambda true, y: slope * keras.ops.mean(y))
    ones = np.ones((3, 1), np.float32)
    model.fit(ones, ones, batch_size=1, verbose=0)
    return layer.get_weights()[0].item()


@each
@pytest.mark.parametrize("rate", [0.01, one_cycle(12, 0.01)])
def test_equal_rates_are_the_plain_optimizer_bit_for_bit(
    ours, plain, settings, rate
):
    # "high" has no pattern, which means 1 too.
    multipliers = {"^low/": 1.0}
    expected = fitted(stack(), plain(rate, **settings))
    found = fitted(stack(), ours(rate, multipliers=multipliers, **settings))
    before = weights(stack())
    for path in before:
        np.testing.assert_array_equal(found[path], expected[path])
        assert np.abs(found[path] - before[path]).max() > 1e-3


@each
def test_group_at_rate_0_stays(ours, plain, settings):
    before = weights(stack())
    after = fitted(stack(), ours(0.01, multipliers={"^low/": 0.0}, **settings))
    for path in before:
        stays = path.startswith("low/")
        assert (after[path] == before[path]).all() == stays, path


@each
def test_two_groups_are_two_plain_optimizers(ours, plain, settings):
    # Powers of two, so that the product of the rates is exact.
    both = fitted(
        branches("low", "middle", "high"),
        ours(0.01, multipliers={"^low/": 0.5, "igh/": 4.0}, **settings),
    )
    for name, rate in {"low": 0.005, "middle": 0.01, "high": 0.04}.items():
        alone = fitted(branches(name), plain(rate, **settings))
        for path in alone:
            np.testing.assert_allclose(both[path], alone[path], 0, 1e-6)


@pytest.mark.parametrize("ours", [GroupedAdam, GroupedSGD])
def test_decay_has_the_rate_of_the_group(ours):
    # No slope: three times 1 - 0.1 * 0.5 * 0.2 of the weight remain.
    optimizer = ours(0.1, weight_decay=0.5, multipliers={"single": 0.2})
    found = weight_after(optimizer, slope=0.0, start=1.0)
    assert found == pytest.approx(0.99**3, rel=1e-6)


@pytest.mark.parametrize("ours", [GroupedAdam, GroupedSGD])
def test_variables_excluded_from_decay_keep_their_size(ours):
    optimizer = ours(0.1, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_names=["kernel"])
    assert weight_after(optimizer, slope=0.0, start=1.0) == 1


@pytest.mark.parametrize(
    "ours,name", [(GroupedAdam, "beta_1"), (GroupedSGD, "momentum")]
)
def test_scheduled_momentum_is_computed_once_a_step(ours, name):
    asked = []

    class Schedule(keras.optimizers.schedules.LearningRateSchedule):
        def __call__(self, step):
            asked.append(step)
            return 0.5

    model = stack()
    optimizer = ours(0.01, **{name: Schedule()})
    for _ in range(2):
        optimizer.apply([1.0 + w for w in model.weights], model.weights)
    assert len(asked) == 2


def test_scheduled_momentum_of_sgd_by_hand():
    # Velocities -1, -0.25 - 1 and -0.3125 - 1.
    found = weight_after(GroupedSGD(1.0, momentum=FALLING))
    assert found == -1 - 1.25 - 1.3125


def test_scheduled_beta_1_of_adam_by_hand():
    # Means 0.5, 0.25 * 0.5 + 0.75 = 0.875 and 0.25 * 0.875 + 0.75 = 0.96875;
    # over 1 - 0.5, 1 - 0.25^2 and 1 - 0.25^3. The second moment is 1.
    found = weight_after(GroupedAdam(1.0, beta_1=FALLING, beta_2=0.99))
    expected = 0.5 / 0.5 + 0.875 / 0.9375 + 0.96875 / 0.984375
    assert found == pytest.approx(-expected, rel=1e-5)


@pytest.mark.parametrize(
    "make",
    [
        partial(GroupedAdam, beta_1=one_cycle_momentum(24)),
        partial(GroupedSGD, momentum=one_cycle_momentum(24)),
    ],
)
def test_saved_and_loaded_trains_on_as_if_nothing_happened(make, tmp_path):
    optimizer = make(
        one_cycle(24, 0.02), weight_decay=0.1, multipliers={"^low/": 0.5}
    )
    model = stack()
    fitted(model, optimizer)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.optimizer.get_config() == optimizer.get_config()
    expected, found = fitted(model, None), fitted(loaded, None)
    for path in expected:
        np.testing.assert_array_equal(found[path], expected[path])


@each
def test_config_is_json_of_every_setting(ours, plain, settings):
    optimizer = ours(0.02, multipliers={"^low/": 0.5}, **settings)
    config = json.loads(json.dumps(optimizer.get_config()))
    assert config.items() >= settings.items()
    assert ours.from_config(config).get_config() == config


def test_nested_models_add_nothing_to_a_path():
    inputs = keras.Input((4,))
    model = keras.Model(inputs, stack()(inputs), name="outer")
    found = fitted(model, GroupedSGD(0.01, multipliers={"^low/": 0.0}))
    before = weights(stack())
    assert (found["low/kernel"] == before["low/kernel"]).all()


@pytest.mark.parametrize(
    "multipliers,message",
    [
        ({"^lwo/": 0.1}, r"found in the path.*Received: '\^lwo/', with .*low/"),
        ({"low": 0.1, "kernel": 2.0}, "Received: low/kernel, which matches"),
    ],
)
def test_misuse(multipliers, message):
    optimizer = GroupedSGD(0.01, multipliers=multipliers)
    with pytest.raises(ValueError, match=message):
        optimizer.build(stack().trainable_variables)
