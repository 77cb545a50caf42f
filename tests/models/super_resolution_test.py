from importlib import import_module

import keras
import numpy as np
import pytest

from ferkeras.models import edsr, super_resolution
from tests.layer_checks import check_saving

IMAGES = np.random.default_rng(0).normal(0, 1, (2, 8, 12, 3)).astype("float32")


def test_parameters_are_those_of_edsr():
    model = super_resolution((48, 48, 3))
    assert model.count_params() == 1369859
    assert model.output.shape == (None, 48, 48, 3)
    assert model.output.dtype == "float32"


def repeated(input_shape, scale, name):
    """Stands in for EDSR: every pixel as a square."""
    inputs = keras.Input(input_shape)
    large = keras.layers.UpSampling2D(scale)(inputs)
    return keras.Model(inputs, large, name=name)


@pytest.mark.parametrize("scale", [2, 4])
def test_it_sees_means_of_blocks_and_answers_in_pixels(scale, monkeypatch):
    module = import_module("ferkeras.models.super_resolution")
    monkeypatch.setattr(module, "edsr", repeated)
    factor, offset = (0.2, 0.3, 0.4), (0.5, 0.25, 0.125)
    model = super_resolution(
        (8, 12, 3), scale=scale, factor=factor, offset=offset
    )
    blocks = (2, 8 // scale, scale, 12 // scale, scale, 3)
    means = IMAGES.reshape(blocks).mean((2, 4), keepdims=True)
    expected = np.broadcast_to(means, blocks).reshape(IMAGES.shape)
    expected = expected * factor + offset
    found = keras.ops.convert_to_numpy(model(IMAGES))
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.fixture
def narrow(monkeypatch):
    def made(input_shape, scale, name):
        return edsr(input_shape, scale, filters=4, blocks=1, name=name)

    module = import_module("ferkeras.models.super_resolution")
    monkeypatch.setattr(module, "edsr", made)


def test_layers_have_the_names_that_the_pyramid_has(narrow):
    model = super_resolution((8, 12, 3))
    network = model.get_layer("edsr_x2")
    names = [layer.name for layer in network.layers if layer.weights]
    assert names[0] == "edsr_x2_head" and names[-1] == "edsr_x2_tail"
    assert not any(layer.weights for layer in model.layers if layer != network)


def test_pixels_stay_float32_in_mixed_precision(narrow):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = super_resolution((8, 12, 3))
    finally:
        keras.config.set_dtype_policy("float32")
    assert model(IMAGES).dtype == model.output.dtype == "float32"


def test_saving(narrow, tmp_path):
    model = super_resolution((8, 12, 3), factor=(0.2, 0.3, 0.4))
    check_saving(model, IMAGES, tmp_path)
