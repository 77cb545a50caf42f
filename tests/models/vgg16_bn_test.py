from importlib import import_module

import keras
import numpy as np
import pytest
from keras import layers

from ferkeras.models import vgg16_bn
from ferkeras.models.vgg16_bn import vgg16_bn_features
from tests.layer_checks import check_saving, values

RNG = np.random.default_rng(0)
IMAGES = RNG.normal(0, 1, (2, 64, 32, 3)).astype("float32")
NARROW = ((4,) * 2, (5,) * 2, (6,) * 3, (7,) * 3, (8,) * 3)


@pytest.fixture
def narrow(monkeypatch):
    module = import_module("ferkeras.models.vgg16_bn")
    monkeypatch.setattr(module, "BLOCKS", NARROW)


def of_type(model, type_):
    return [layer for layer in model.layers if isinstance(layer, type_)]


@pytest.mark.any_backend
def test_features_are_those_of_keras_vgg16_once_normalisation_does_nothing():
    ours = vgg16_bn_features((None, None, 3), name="features")
    trained = sum(np.prod(v.shape) for v in ours.trainable_variables)
    assert trained == 14723136
    theirs = keras.applications.VGG16(include_top=False, weights=None)
    pairs = zip(
        of_type(ours, layers.Conv2D),
        of_type(theirs, layers.Conv2D),
        strict=True,
    )
    for our_layer, their_layer in pairs:
        kernel, bias = our_layer.get_weights()
        bias = RNG.normal(0, 0.1, bias.shape)
        our_layer.set_weights([kernel, bias])
        their_layer.set_weights([kernel, bias])
    # Fresh, it divides by the root of 1 + 1e-5.
    expected = values(theirs, IMAGES)
    assert expected.shape == (2, 2, 1, 512)
    np.testing.assert_allclose(
        values(ours, IMAGES),
        expected,
        atol=2e-4 * expected.max(),
    )


@pytest.mark.any_backend
@pytest.mark.parametrize("cut", [0, 1, 4, 7, 12, 13])
def test_two_parts_are_the_whole(cut, narrow):
    whole = vgg16_bn_features(IMAGES.shape[1:], name="whole")
    x = IMAGES
    for begin, end in ((0, cut), (cut, 13)):
        part = vgg16_bn_features(x.shape[1:], begin, end, name="part")
        assert len(of_type(part, layers.Conv2D)) == end - begin
        for layer in part.layers[1:]:
            source = whole.get_layer(layer.name.replace("part", "whole"))
            layer.set_weights(source.get_weights())
        x = values(part, x) if end > begin else x
    np.testing.assert_allclose(x, values(whole, IMAGES), atol=1e-5)


def test_normalisation_is_pytorchs(narrow):
    model = vgg16_bn_features((32, 32, 3), name="features")
    found = of_type(model, layers.BatchNormalization)
    assert {(x.momentum, x.epsilon) for x in found} == {(0.9, 1e-5)}
    names = [x.name for x in found]
    assert names[0] == "features_bn1_1" and names[-1] == "features_bn5_3"


def test_saving(narrow, tmp_path):
    model = vgg16_bn(IMAGES.shape[1:], 7)
    assert model.get_layer("features").get_layer("features_conv5_3")
    assert model.get_layer("head").get_layer("head_logits")
    check_saving(model, IMAGES, tmp_path)
