import json
import math

import keras
import numpy as np
import pytest

from ferkeras.losses import PriorLabelSmoothing, uniform_prior

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(0, 2, (6, 8)).astype(np.float32)
LABELS = np.array([3, 0, 7, 7, 1, 5])
PROBABILITIES = np.exp(LOGITS) / np.exp(LOGITS).sum(1, keepdims=True)
TWO = [[0.9, 0.1], [0.2, 0.8]]
# As the authors leave theirs: what the dropped class had is missing.
SHORT = [[0.9, 0.07], [0.2, 0.76]]


def random_prior(classes):
    rows = np.random.default_rng(1).uniform(0, 1, (classes, classes))
    return rows / rows.sum(axis=1, keepdims=True)


def value(loss, labels, predictions):
    return float(loss(np.array(labels), np.array(predictions, np.float32)))


def gradients(loss, logits):
    """Slope at logits of one image a class, from a compiled step of SGD."""
    classes = len(logits)
    kernel = keras.layers.Dense(classes, use_bias=False)
    inputs = keras.Input((classes,))
    model = keras.Model(inputs, kernel(inputs))
    kernel.set_weights([logits])
    model.compile(keras.optimizers.SGD(1.0), loss)
    # Image k is one-hot, so its logits are row k of the kernel.
    model.train_on_batch(np.eye(classes), np.arange(classes))
    return logits - kernel.get_weights()[0]


def test_two_classes_by_hand():
    # p = (0.75, 0.25). Weights are (0.95, 0.05) for label 0: half the label,
    # half its row; (0.1, 0.9) for label 1.
    loss = PriorLabelSmoothing(TWO, 0.5)
    logits = [[math.log(3), 0]]
    first = -0.95 * math.log(0.75) - 0.05 * math.log(0.25)
    second = -0.1 * math.log(0.75) - 0.9 * math.log(0.25)
    assert first == pytest.approx(0.342613, abs=1e-6)
    assert second == pytest.approx(1.276433, abs=1e-6)
    assert value(loss, [0], logits) == pytest.approx(first, rel=1e-6)
    assert value(loss, [1], logits) == pytest.approx(second, rel=1e-6)
    both = value(loss, [0, 1], logits * 2)
    assert both == pytest.approx((first + second) / 2, rel=1e-6)


@pytest.mark.parametrize("from_logits", [True, False])
def test_alpha_1_is_cross_entropy(from_logits):
    ours = PriorLabelSmoothing(random_prior(8), 1.0, from_logits)
    keras_loss = keras.losses.SparseCategoricalCrossentropy(from_logits)
    predictions = LOGITS if from_logits else PROBABILITIES
    expected = value(keras_loss, LABELS, predictions)
    assert value(ours, LABELS, predictions) == pytest.approx(expected, 1e-6)


def test_uniform_prior_is_label_smoothing():
    ours = PriorLabelSmoothing(uniform_prior(8), 0.9)
    keras_loss = keras.losses.CategoricalCrossentropy(True, label_smoothing=0.1)
    expected = value(keras_loss, np.eye(8)[LABELS], LOGITS)
    assert value(ours, LABELS, LOGITS) == pytest.approx(expected, 1e-6)


def test_label_smoothing_of_eight_classes_weighs_as_published():
    # Where p = 1/8, the slope is 1/8 less the weight.
    loss = PriorLabelSmoothing(uniform_prior(8), 0.9, reduction="sum")
    weights = 0.125 - gradients(loss, np.zeros((8, 8), np.float32))
    expected = np.full((8, 8), 0.0125) + 0.9 * np.eye(8)
    assert expected[3, 3] == 0.9125
    np.testing.assert_allclose(weights, expected, atol=1e-6)


def test_gradient_is_probabilities_less_weights():
    prior = random_prior(5)
    logits = RNG.normal(0, 2, (5, 5)).astype(np.float32)
    loss = PriorLabelSmoothing(prior, 0.8, reduction="sum")
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    expected = p - (0.8 * np.eye(5) + 0.2 * prior)
    np.testing.assert_allclose(gradients(loss, logits), expected, atol=2e-6)


def test_rows_as_released_pull_less():
    # Weights of label 0 sum to 0.5 + 0.485: so much of p is in the slope.
    loss = PriorLabelSmoothing(SHORT, 0.5, normalized=False, reduction="sum")
    slopes = gradients(loss, np.zeros((2, 2), np.float32))
    expected = [[0.4925 - 0.95, 0.4925 - 0.035], [0.49 - 0.1, 0.49 - 0.88]]
    np.testing.assert_allclose(slopes, expected, atol=1e-6)


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32"])
@pytest.mark.parametrize("shape", [(6,), (6, 1)])
def test_labels_of_any_type(dtype, shape):
    loss = PriorLabelSmoothing(random_prior(8), 0.7)
    labels = LABELS.astype(dtype).reshape(shape)
    assert value(loss, labels, LOGITS) == value(loss, LABELS, LOGITS)


def test_far_logits_and_zero_probabilities_stay_finite():
    logits = PriorLabelSmoothing(TWO, 0.5)
    assert value(logits, [1], [[500, -500]]) == pytest.approx(900, rel=1e-6)
    probabilities = PriorLabelSmoothing(TWO, 0.5, from_logits=False)
    assert np.isfinite(value(probabilities, [1], [[1, 0]]))


def test_serialisation():
    loss = PriorLabelSmoothing(
        np.array(SHORT), 0.5, False, normalized=False, reduction="sum", name="d"
    )
    config = keras.losses.serialize(loss)
    again = keras.losses.deserialize(json.loads(json.dumps(config)))
    assert again.get_config() == loss.get_config()
    predictions = [[0.3, 0.7], [0.6, 0.4]]
    expected = value(loss, [0, 1], predictions)
    assert value(again, [0, 1], predictions) == expected


@pytest.mark.parametrize(
    "prior,alpha,message",
    [
        (TWO, 1.5, "alpha.*Received: alpha=1.5"),
        (TWO[:1], 0.5, "row and a column a class. Received"),
        ([[1.1, -0.1], [0, 1]], 0.5, r"negative. Received: prior\[0\]"),
        (SHORT, 0.5, r"sum to 1.*Received: prior\[0\].*0.97"),
    ],
)
def test_misuse(prior, alpha, message):
    with pytest.raises(ValueError, match=message):
        PriorLabelSmoothing(prior, alpha)


def test_table_of_three_decimals_passes_as_normalized():
    PriorLabelSmoothing([[0.9991, 0.0], [0.2, 0.8]], 0.5)


def test_rows_that_sum_to_more_than_one_are_refused():
    with pytest.raises(ValueError, match="sum to 1"):
        PriorLabelSmoothing([[0.9, 0.2], [0.2, 0.8]], 0.5)
