import json

import keras
import numpy as np
import pytest

from ferkeras.training.schedules import (
    OneCycle,
    averaging,
    one_cycle,
    one_cycle_momentum,
)


def values(schedule, steps):
    return [float(schedule(step)) for step in steps]


def test_rates_by_hand():
    # 120 steps up from 0.04, 280 down to 4e-6; cos^2 of 22.5, 45 and 67.5
    # degrees is 0.853553, 0.5 and 0.146447.
    schedule = one_cycle(400, 1.0)
    up = values(schedule, [0, 30, 60, 90, 120])
    np.testing.assert_allclose(up, [0.04, 0.180589, 0.52, 0.859411, 1], 1e-5)
    down = values(schedule, [190, 260, 330, 400])
    expected = [0.853554, 0.500002, 0.14645, 4e-6]
    np.testing.assert_allclose(down, expected, 1e-5)


def test_last_steps_keep_their_digits():
    # One step before the end: 4e-6 + (pi / 2 / 2800)^2.
    (last,) = values(one_cycle(4000, 1.0), [3999])
    assert last == pytest.approx(4.31472e-6, rel=1e-4)


def test_rates_are_in_proportion_to_the_peak():
    steps = range(0, 401, 25)
    tenth = values(one_cycle(400, 0.1), steps)
    whole = values(one_cycle(400, 1.0), steps)
    np.testing.assert_allclose(tenth, np.array(whole) / 10, 1e-5)


def test_rate_stays_after_the_end():
    assert values(one_cycle(10, 1.0), [10, 11, 1000]) == pytest.approx(
        [4e-6] * 3
    )


def test_turn_is_rounded_down():
    # 30 % of 19 steps is 5.7.
    rates = values(one_cycle(19, 1.0), range(20))
    assert rates[5] == 1
    assert max(rates[:5] + rates[6:]) < 1


def test_momenta_by_hand():
    momenta = values(one_cycle_momentum(400), [0, 60, 120, 260, 400])
    np.testing.assert_allclose(momenta, [0.95, 0.9, 0.85, 0.9, 0.95], 1e-6)


def test_compiled_training_follows_the_schedule():
    # A slope of 1, so the weight falls by the sum of ten rates: 0.04, 0.28,
    # 0.76 and 1, then six of which opposite ones sum to 1 + 4e-6.
    inputs = keras.Input((1,))
    layer = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")
    model = keras.Model(inputs, layer(inputs))
    model.compile(
        keras.optimizers.SGD(one_cycle(10, 1.0)),
        lambda true, predicted: keras.ops.mean(predicted),
    )
    ones = np.ones((10, 1), np.float32)
    model.fit(ones, ones, batch_size=1, verbose=0)
    fallen = -layer.get_weights()[0].item()
    assert fallen == pytest.approx(5.080012, abs=2e-6)


def test_serialisation():
    schedule = OneCycle(50, 0.1, 0.7, 0.2, fraction=0.5)
    serialized = keras.optimizers.schedules.serialize(schedule)
    again = keras.optimizers.schedules.deserialize(
        json.loads(json.dumps(serialized))
    )
    assert again.get_config() == schedule.get_config()
    steps = range(0, 60, 10)
    assert values(again, steps) == values(schedule, steps)


@pytest.mark.parametrize("steps,fraction", [(3, 0.3), (10, 1.0), (10, 0.0)])
def test_a_part_without_a_step_is_refused(steps, fraction):
    with pytest.raises(ValueError, match=f"Received: total_steps={steps}"):
        OneCycle(steps, 0.1, 1.0, 0.1, fraction)


def test_an_average_reaches_over_its_share_of_the_steps():
    # (1 - 1/30)^(3 * 30) is 0.047: what is older weighs 5 %.
    momentum = averaging(1000, 0.03)
    assert momentum ** (3 * 30) == pytest.approx(0.0473, abs=1e-4)
    # Of few steps there is nothing to average.
    assert averaging(10, 0.03) == 0
