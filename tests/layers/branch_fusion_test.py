import keras
import numpy as np
import pytest
from keras import layers, losses

from ferkeras.layers import BranchFusion
from tests.layer_checks import check_layer, check_saving

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(0, 2, (6, 3, 4)).astype("float32")
LABELS = np.array([0, 1, 2, 3, 1, 0])
ONE_HOT = np.eye(4)[LABELS]
each_fusion = pytest.mark.parametrize("fusion", ["mean", "learned"])


def softmax(logits):
    powers = np.exp(logits.astype(float))
    return powers / powers.sum(-1, keepdims=True)


def network(rate=1.0, loss=None, fusion="mean"):
    """A matrix, at first the identity, in front of the fusion."""
    inputs = keras.Input(LOGITS.shape[1:])
    matrix = layers.Dense(4, use_bias=False, kernel_initializer="identity")
    model = keras.Model(inputs, BranchFusion(fusion)(matrix(inputs)))
    loss = loss or losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(rate), loss)
    return model


@each_fusion
def test_layer(fusion):
    weights = {"mean": 0, "learned": 1}[fusion]
    # bfloat16 rounds the logits, by one part in 256, before the layer.
    check_layer(BranchFusion(fusion), LOGITS, weights=weights, atol=1e-2)


@each_fusion
def test_saving(fusion, tmp_path):
    model = network(fusion=fusion)
    if fusion == "learned":
        model.layers[-1].set_weights([np.array([0.1, 2.0, -1.0])])
    check_saving(model, LOGITS, tmp_path)


def test_scores_are_the_mean_of_the_probabilities():
    fused = network().predict(LOGITS, verbose=0)
    np.testing.assert_allclose(np.exp(fused), softmax(LOGITS).mean(1), 1e-5)


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize(
    "loss,labels,targets",
    [
        (
            losses.SparseCategoricalCrossentropy(from_logits=True),
            LABELS,
            ONE_HOT,
        ),
        (
            losses.CategoricalCrossentropy(
                from_logits=True, label_smoothing=0.2
            ),
            ONE_HOT,
            0.8 * ONE_HOT + 0.05,
        ),
    ],
    ids=["index", "smoothed"],
)
def test_training_minimises_the_mean_of_the_losses(
    loss, labels, targets, nested
):
    model = network(loss=loss)
    kernel = model.trainable_variables[0]
    if nested:
        outer = keras.Input(LOGITS.shape[1:])
        model = keras.Model(outer, model(outer))
        model.compile(keras.optimizers.SGD(1.0), loss)
    value = model.train_on_batch(LOGITS, labels)
    targets = targets[:, None]
    each = -(targets * np.log(softmax(LOGITS))).sum(-1)
    np.testing.assert_allclose(value, each.mean(), 1e-5)
    # One step of rate 1 along the gradient of 18 cross-entropies' mean.
    slope = np.einsum("nbi,nbj->ij", LOGITS, softmax(LOGITS) - targets) / 18
    np.testing.assert_allclose(kernel, np.eye(4) - slope, atol=1e-5)


def test_losses_do_not_pile_up_and_stay_out_of_scoring():
    model = network(rate=0.0)
    first, second = (model.train_on_batch(LOGITS, LABELS) for _ in range(2))
    np.testing.assert_allclose(first, second, 1e-6)
    fused = softmax(LOGITS).mean(1)
    expected = -np.log(fused[range(6), LABELS]).mean()
    np.testing.assert_allclose(
        model.test_on_batch(LOGITS, LABELS), expected, 1e-5
    )


def test_learned_weights_start_equal_and_weigh_the_probabilities():
    model = network(fusion="learned")
    mean = network().predict(LOGITS, verbose=0)
    np.testing.assert_allclose(model.predict(LOGITS, verbose=0), mean, 1e-5)
    model.layers[-1].set_weights([np.log([1, 2, 5])])
    expected = np.einsum("nbi,b->ni", softmax(LOGITS), [1 / 8, 1 / 4, 5 / 8])
    np.testing.assert_allclose(
        np.exp(model.predict(LOGITS, verbose=0)), expected, 1e-5
    )


def test_learned_weights_move_to_the_branch_that_is_right():
    logits = np.tile(0 * ONE_HOT[:, None], (1, 3, 1))
    logits[:, 1] = 3 * ONE_HOT
    model = network(fusion="learned")
    model.layers[1].trainable = False
    model.compile(
        keras.optimizers.SGD(1.0),
        losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    for _ in range(20):
        model.train_on_batch(logits, LABELS)
    first, second, third = model.layers[-1].get_weights()[0]
    assert second > 1 + first and abs(first - third) < 1e-5


def test_unknown_fusion():
    with pytest.raises(ValueError, match="Received: 'max'"):
        BranchFusion("max")
