import keras
import numpy as np
import pytest

from ferkeras.models import sequential_cnn
from tests.layer_checks import check_saving

SHAPE = (48, 48, 1)
IMAGES = np.random.default_rng(0).normal(0, 1, (4, *SHAPE)).astype("float32")


@pytest.mark.any_backend
def test_trained_parameters():
    model = sequential_cnn(SHAPE, 7)
    counts = [int(np.prod(w.shape)) for w in model.trainable_weights]
    assert sum(counts) == 641463


@pytest.mark.any_backend
def test_a_block_halves_the_image_and_has_one_relu():
    model = sequential_cnn(SHAPE, 7)
    shapes = [model.get_layer(f"pool{k}").output.shape for k in (1, 2, 3, 4)]
    assert shapes == [
        (None, side, side, filters)
        for side, filters in ((24, 16), (12, 32), (6, 64), (3, 128))
    ]
    kinds = [type(layer).__name__ for layer in model.layers]
    block = ["Conv2D", "BatchNormalization"] * 2
    block += ["ReLU", "AveragePooling2D", "Dropout"]
    head = ["Conv2D", "BatchNormalization", "Conv2D", "GlobalAveragePooling2D"]
    assert kinds == ["InputLayer", *block * 4, *head]


def test_logits_are_the_means_of_the_last_maps():
    model = sequential_cnn(SHAPE, 7)
    maps = keras.Model(model.input, model.get_layer("scores").output)
    found = model.predict(IMAGES, verbose=0)
    expected = maps.predict(IMAGES, verbose=0).mean((1, 2))
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_saving(tmp_path):
    check_saving(sequential_cnn(SHAPE, 7), IMAGES, tmp_path)
