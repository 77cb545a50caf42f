import h5py
import keras
import numpy as np
import pytest

import ferkeras.export
from ferkeras.build import build
from ferkeras.data import has_tensorflow
from ferkeras.export import classifier, export, half_precision
from tests import tiny

NAMES = ["left", "right"]
IMAGES = tiny.faces("test").images


@pytest.fixture(scope="module")
def network():
    keras.utils.set_random_seed(0)
    return build(tiny.ROW, 2).scoring


def test_keras_file_gives_the_live_probabilities_and_names(network, tmp_path):
    export(network, tmp_path, NAMES)
    model = keras.saving.load_model(tmp_path / "model.keras")
    assert model.input.dtype == "uint8"
    assert model.get_layer("probabilities").class_names == NAMES
    np.testing.assert_allclose(
        model.predict(IMAGES, verbose=0),
        tiny.predict(network, IMAGES),
        atol=1e-5,
    )


@pytest.mark.skipif(
    not has_tensorflow(), reason="a SavedModel is written by TensorFlow"
)
def test_saved_model_takes_raw_pixels_of_any_batch(network, tmp_path):
    import tensorflow as tf

    export(network, tmp_path, NAMES)
    loaded = tf.saved_model.load(str(tmp_path / "saved_model"))
    for images in (IMAGES, IMAGES[:3]):
        probabilities = loaded.serve(tf.constant(images)).numpy()
        np.testing.assert_allclose(
            probabilities, tiny.predict(network, images), atol=1e-5
        )
    assert [n.decode() for n in loaded.class_names().numpy()] == NAMES


def test_without_tensorflow_only_the_keras_file_is_written(
    network, tmp_path, monkeypatch
):
    monkeypatch.setattr(ferkeras.export, "has_tensorflow", lambda: False)
    export(network, tmp_path, NAMES)
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]


def test_probabilities_sum_to_one(network):
    probabilities = classifier(network, NAMES).predict(IMAGES, verbose=0)
    np.testing.assert_allclose(probabilities.sum(-1), 1, rtol=1e-5)


def test_half_precision_weights_load_as_the_full_ones(tmp_path):
    keras.utils.set_random_seed(0)
    networks = build(tiny.ROW, 2)
    half = tmp_path / "half.weights.h5"
    before = tiny.predict(networks.scoring, IMAGES)
    half_precision(networks.classifier, half)
    keras.utils.set_random_seed(1)
    networks = build(tiny.ROW, 2)
    assert not np.allclose(
        tiny.predict(networks.scoring, IMAGES), before, atol=1e-2
    )
    networks.classifier.load_weights(half)
    after = tiny.predict(networks.scoring, IMAGES)
    # Half precision keeps 11 bits of each weight.
    np.testing.assert_allclose(after, before, atol=2e-3)
    assert (after != before).any()
    assert {w.dtype for w in networks.classifier.weights} >= {"float32"}
    with h5py.File(half) as file:
        dtypes = []
        file.visititems(
            lambda _, item: dtypes.append(getattr(item, "dtype", None))
        )
    assert np.float16 in dtypes and np.float32 not in dtypes
