import io
import zipfile

import h5py
import keras
import numpy as np
import pytest

import ferkeras.scoring.export
from ferkeras.data import has_tensorflow
from ferkeras.scoring.export import classifier, export, open_model
from ferkeras.scoring.half_precision import half_precision
from ferkeras.training.build import build
from tests import tiny

pytestmark = pytest.mark.saved_models
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
    monkeypatch.setattr(
        ferkeras.scoring.export, "has_tensorflow", lambda: False
    )
    export(network, tmp_path, NAMES)
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]


def test_probabilities_sum_to_one(network):
    probabilities = classifier(network, NAMES).predict(IMAGES, verbose=0)
    np.testing.assert_allclose(probabilities.sum(-1), 1, rtol=1e-5)


def test_a_file_in_half_precision_opens_as_the_full_model(network, tmp_path):
    half = tmp_path / "half.keras"
    half_precision(classifier(network, NAMES), half)
    model = open_model(half)
    assert model.class_names == (*NAMES,)
    after = model.predict(IMAGES, verbose=0)
    before = tiny.predict(network, IMAGES)
    # Half precision keeps 11 bits of each weight.
    np.testing.assert_allclose(after, before, atol=1e-3)
    assert (after != before).any()
    assert {w.dtype for w in model.weights} >= {"float32"}
    with zipfile.ZipFile(half) as file:
        weights = h5py.File(io.BytesIO(file.read("model.weights.h5")))
    dtypes = []
    weights.visititems(
        lambda _, item: dtypes.append(getattr(item, "dtype", None))
    )
    assert np.float16 in dtypes and np.float32 not in dtypes


def test_weights_too_large_for_half_precision_are_refused(tmp_path):
    inputs = keras.Input((2,))
    dense = keras.layers.Dense(2, kernel_initializer="ones", name="big")
    model = keras.Model(inputs, dense(inputs))
    dense.kernel.assign(dense.kernel * 7e4)
    with pytest.raises(ValueError, match="too large for half precision"):
        half_precision(model, tmp_path / "half.keras")
    assert not any(tmp_path.iterdir())


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="TensorFlow's own"
)
def test_a_saved_model_opens_as_a_keras_model(network, tmp_path):
    export(network, tmp_path, NAMES)
    model = open_model(tmp_path / "saved_model")
    assert model.class_names == (*NAMES,)
    assert model.input_shape == (None, 12, 12, 1)
    np.testing.assert_allclose(
        model.predict(IMAGES, verbose=0),
        tiny.predict(network, IMAGES),
        atol=1e-5,
    )


def test_what_is_no_classifier_is_refused(network, tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no .*none.keras"):
        open_model(tmp_path / "none.keras")
    network.save(tmp_path / "logits.keras")
    with pytest.raises(ValueError, match="logits.keras does not name"):
        open_model(tmp_path / "logits.keras")


@pytest.mark.parametrize("content", [b"", b"no zip", "cut", "other"])
def test_what_cannot_be_opened_is_named(network, tmp_path, content):
    path = tmp_path / "model.keras"
    if content == "other":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("notes.txt", "no model")
    elif content == "cut":
        network.save(path)
        path.write_bytes(path.read_bytes()[:-100])
    else:
        path.write_bytes(content)
    with pytest.raises(ValueError, match="model.keras cannot be opened: it is"):
        open_model(path)


def test_a_file_stays_whole_where_the_next_is_cut_short(
    network, tmp_path, monkeypatch
):
    export(network, tmp_path)
    path = tmp_path / "model.keras"
    whole = path.read_bytes()

    def killed(model, target):
        target.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(keras.Model, "save", killed)
    with pytest.raises(KeyboardInterrupt):
        export(network, tmp_path)
    assert path.read_bytes() == whole
