import keras
import numpy as np
import pytest
from keras import layers

from ferkeras.models.concat_pool_head import concat_pool_head

RNG = np.random.default_rng(0)
FEATURES = RNG.normal(0, 1, (3, 2, 4, 5)).astype("float32")


@pytest.mark.parametrize("classes,parameters", [(7, 531463), (8, 531976)])
def test_trained_parameters(classes, parameters):
    model = concat_pool_head((None, None, 512), classes)
    trained = sum(np.prod(v.shape) for v in model.trainable_variables)
    assert trained == parameters


def test_equals_numpy_with_the_maximum_first():
    model = concat_pool_head((None, None, 5), 7)
    for layer in model.layers:
        layer.set_weights(
            [RNG.uniform(0.5, 1.5, w.shape) for w in layer.get_weights()]
        )

    def normalized(x, name):
        gamma, beta, mean, variance = model.get_layer(name).get_weights()
        return gamma * (x - mean) / np.sqrt(variance + 1e-5) + beta

    def dense(x, name):
        kernel, bias = model.get_layer(name).get_weights()
        return x @ kernel + bias

    x = np.concatenate([FEATURES.max((1, 2)), FEATURES.mean((1, 2))], axis=-1)
    x = np.maximum(dense(normalized(x, "head_bn1"), "head_dense"), 0)
    expected = dense(normalized(x, "head_bn2"), "head_logits")
    ours = keras.ops.convert_to_numpy(model(FEATURES))
    np.testing.assert_allclose(ours, expected, 1e-3)


def test_dropout_precedes_each_dense_layer():
    model = concat_pool_head((None, None, 5), 7)
    rates = [x.rate for x in model.layers if isinstance(x, layers.Dropout)]
    assert rates == [0.25, 0.5]
    for index, name in ((1, "head_dense"), (2, "head_logits")):
        dropped = model.get_layer(f"head_dropout{index}").output
        assert model.get_layer(name).input is dropped
