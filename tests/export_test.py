import keras
import numpy as np
import pytest

import ferkeras.export
from ferkeras.build import build
from ferkeras.data import has_tensorflow
from ferkeras.evaluate import predict
from ferkeras.export import classifier, export
from tests import tiny

NAMES = ["left", "right"]
IMAGES = tiny.faces("test").images


@pytest.fixture(scope="module")
def network():
    keras.utils.set_random_seed(0)
    return build(tiny.ROW, 2).scoring


def test_keras_file_gives_the_live_probabilities_and_names(network, tmp_path):
    export(network, NAMES, tmp_path)
    model = keras.saving.load_model(tmp_path / "model.keras")
    assert model.input.dtype == "uint8"
    assert model.get_layer("probabilities").class_names == NAMES
    np.testing.assert_allclose(
        model.predict(IMAGES, verbose=0), predict(network, IMAGES), atol=1e-5
    )


@pytest.mark.skipif(
    not has_tensorflow(), reason="a SavedModel is written by TensorFlow"
)
def test_saved_model_takes_raw_pixels_of_any_batch(network, tmp_path):
    import tensorflow as tf

    export(network, NAMES, tmp_path)
    loaded = tf.saved_model.load(str(tmp_path / "saved_model"))
    for images in (IMAGES, IMAGES[:3]):
        probabilities = loaded.serve(tf.constant(images)).numpy()
        np.testing.assert_allclose(
            probabilities, predict(network, images), atol=1e-5
        )
    assert [n.decode() for n in loaded.class_names().numpy()] == NAMES


def test_without_tensorflow_only_the_keras_file_is_written(
    network, tmp_path, monkeypatch
):
    monkeypatch.setattr(ferkeras.export, "has_tensorflow", lambda: False)
    export(network, NAMES, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]


def test_probabilities_sum_to_one(network):
    probabilities = classifier(network, NAMES).predict(IMAGES, verbose=0)
    np.testing.assert_allclose(probabilities.sum(-1), 1, rtol=1e-5)
