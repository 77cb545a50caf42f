from functools import partial
from importlib import import_module

import keras
import numpy as np
import pytest

from ferkeras.models import (
    edsr,
    pyramid_sr,
    sparse_autoencoder,
    sparse_classifier,
    vgg16_bn,
)
from ferkeras.models.pyramid_sr import branch_logits
from ferkeras.weights import copy_weights
from tests.layer_checks import values
from tests.weights.by_hand import NARROW

RNG = np.random.default_rng(0)
tiny = partial(edsr, (32, 32, 3), blocks=1)


def randomized(model):
    """The model with other values, positive ones, in all its weights."""
    for variable in model.weights:
        variable.assign(RNG.uniform(0.01, 0.3, variable.shape))
    return model


def test_a_classifier_starts_from_the_encoder():
    source = randomized(sparse_autoencoder((16, 16, 1)))
    target = sparse_classifier((16, 16, 1), 7)
    head = [target.get_layer(name) for name in ("dense", "logits")]
    before = [layer.get_weights()[0] for layer in head]
    copied = copy_weights(source, target)
    assert [*copied.items()] == [
        (f"encoder{block}_{kind}{index}",) * 2
        for block in (1, 2, 3, 4)
        for index in (1, 2)
        for kind in ("conv", "bn")
    ]
    images = RNG.uniform(0, 1, (2, 16, 16, 1)).astype("float32")
    codes = [
        values(keras.Model(m.input, m.get_layer("encoder4_bn2").output), images)
        for m in (source, target)
    ]
    np.testing.assert_allclose(*codes, rtol=1e-5)
    for layer, old in zip(head, before, strict=True):
        np.testing.assert_array_equal(layer.get_weights()[0], old)


@pytest.mark.any_backend
def test_the_pyramid_starts_from_trained_networks(monkeypatch):
    vgg = import_module("ferkeras.models.vgg16_bn")
    monkeypatch.setattr(vgg, "BLOCKS", NARROW)
    pyramid = import_module("ferkeras.models.pyramid_sr")
    monkeypatch.setattr(pyramid, "edsr", partial(edsr, filters=4, blocks=1))
    single = randomized(vgg16_bn((None, None, 3), 7))
    enlarge = randomized(tiny(filters=4))
    model = pyramid_sr((64, 64, 3), 7, spatial_transformer=False)
    parts = r"(?:small|x2|original|shared)_(.+)"
    names = {parts: r"features_\1", "head_.+": r"\g<0>"}
    copied = copy_weights(single, model, names)
    # Of 13 convolutions and as many normalisations, 6 are there three times.
    assert len(copied) == 2 * (13 + 2 * 6) + 4
    assert copied["x2_bn3_1"] == copied["small_bn3_1"] == "features_bn3_1"
    copy_weights(enlarge, model, {r"edsr_x2_(.+)": r"edsr_\1"})
    images = RNG.normal(0, 1, (2, 64, 64, 3)).astype("float32")
    small = images.reshape(2, 32, 2, 32, 2, 3).mean((2, 4))
    branches = [small, values(enlarge, small), images]
    expected = np.stack([values(single, x) for x in branches], axis=1)
    assert np.ptp(expected, axis=1).min() > 1e-3
    np.testing.assert_allclose(
        values(branch_logits(model), images), expected, rtol=1e-3
    )


def test_the_first_expression_that_matches_counts():
    names = {"edsr_block1_conv1": "edsr_block1_conv2", "edsr_b.+": r"\g<0>"}
    assert copy_weights(tiny(filters=4), tiny(filters=4), names) == {
        "edsr_block1_conv1": "edsr_block1_conv2",
        "edsr_block1_conv2": "edsr_block1_conv2",
        "edsr_body": "edsr_body",
    }


@pytest.mark.parametrize(
    "target,names,message",
    [
        ("sr", {}, "edsr_tail. Received: sr_head, sr_block1_conv1, "),
        # The whole name is matched.
        ("edsr", {"edsr_hea": "edsr_head"}, "Received: 'edsr_hea'"),
        ("edsr", {"edsr_head": "head"}, "edsr_tail. Received: head$"),
        # A tail has 3 filters of any width; the body's have as many as it.
        (
            "edsr",
            {"edsr_(tail|body)": r"edsr_\1"},
            r"edsr_body takes .*8, 8\).*Received: .*4, 4\).* of edsr_body",
        ),
    ],
)
def test_networks_that_do_not_fit_stay_as_they_are(target, names, message):
    model = tiny(filters=8, name=target)
    before = model.get_weights()
    with pytest.raises(ValueError, match=message):
        copy_weights(tiny(filters=4), model, names)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_name_that_two_layers_have_is_refused():
    inputs = x = keras.Input((3,))
    for name in ("one", "two"):
        inner = keras.Input((3,))
        dense = keras.layers.Dense(3, name="dense")
        x = keras.Model(inner, dense(inner), name=name)(x)
    model = keras.Model(inputs, x)
    with pytest.raises(ValueError, match="own. Received: dense twice"):
        copy_weights(model, model)
