import hashlib
import re
import sys
from dataclasses import replace
from functools import partial
from importlib import import_module
from types import SimpleNamespace

import keras
import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from safetensors.numpy import save_file

from ferkeras.models import alexnet, edsr, pyramid_sr, vgg16_bn
from ferkeras.weights import FILES, find, load_pretrained
from ferkeras.weights.readers import read_safetensors, read_torch
from tests.weights import by_hand

pytestmark = pytest.mark.any_backend

VGG, TORCHVISION = "VGG16-BN, ImageNet", "VGG16-BN, ImageNet (torchvision)"
EDSR = "EDSR x2, DIV2K"
BGR, RGB = "AlexNet, ImageNet (BGR)", "AlexNet, ImageNet (RGB)"
HEADS = {
    VGG: ("pre_logits.fc1.weight", "head.fc.weight"),
    TORCHVISION: ("classifier.0.weight",),
}
RNG = np.random.default_rng(0)
narrow_edsr = partial(edsr, filters=4)


@pytest.fixture(autouse=True)
def narrow(monkeypatch):
    vgg = import_module("ferkeras.models.vgg16_bn")
    monkeypatch.setattr(vgg, "BLOCKS", by_hand.NARROW)
    pyramid = import_module("ferkeras.models.pyramid_sr")
    monkeypatch.setattr(pyramid, "edsr", narrow_edsr)


@pytest.fixture
def publish(tmp_path, monkeypatch):
    """Write tensors as a file of `FILES`; gives what loads it."""

    def write(name, tensors):
        file = FILES[name]
        path = tmp_path / file.name
        if path.suffix == ".onnx":
            arrays = [numpy_helper.from_array(x, n) for n, x in tensors.items()]
            graph = onnx.helper.make_graph([], "net", [], [], arrays)
            onnx.save(onnx.helper.make_model(graph), path)
        else:
            # PyTorch need not be there to test what becomes of its tensors.
            file = replace(file, read=read_safetensors)
            save_file(tensors, path)
        file = replace(file, sha256=sha256(path)[:8])
        monkeypatch.setitem(FILES, name, file)
        return partial(load_pretrained, name=name, folder=tmp_path)

    return write


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def image(side):
    return RNG.normal(0, 1, (3, side, side)).astype("float32")


def channels_last(array):
    return np.moveaxis(array, 0, -1)


def values(model, image):
    """What a model makes of a channels-first image, channels first."""
    outputs = model(channels_last(image)[None])
    return np.moveaxis(keras.ops.convert_to_numpy(outputs)[0], -1, 0)


def check(ours, expected):
    assert ours.shape == expected.shape and expected.std() > 0.01
    tolerance = 1e-4 * np.abs(expected).max()
    np.testing.assert_allclose(ours, expected, atol=tolerance)


@pytest.mark.parametrize("name", HEADS)
def test_vgg16_bn_computes_what_its_file_says(name, publish, tmp_path):
    tensors, x = by_hand.vgg16_bn(*HEADS[name]), image(64)
    load = publish(name, tensors)
    model = vgg16_bn((64, 64, 3), 7)
    features, head = (model.get_layer(n) for n in ("features", "head"))
    before = head.get_weights()
    record = load(model)
    check(values(features, x), by_hand.vgg16_bn_features(tensors, x))
    for old, new in zip(before, head.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    filled = [layer.name for layer in features.layers if layer.weights]
    assert len(filled) == 26
    assert record == {
        "file": FILES[name].name,
        "sha256": sha256(tmp_path / FILES[name].name),
        "layers": dict(zip(filled, filled, strict=True)),
    }


def test_each_private_part_and_the_shared_one_are_filled(publish):
    tensors, model = by_hand.vgg16_bn(), pyramid_sr((64, 64, 3), 7)
    layers = publish(VGG, tensors)(model)["layers"]
    assert len(layers) == 2 * (3 * 6 + 7)
    assert layers["x2_bn3_2"] == "features_bn3_2"
    for name, side in (("small", 32), ("x2", 64), ("original", 64)):
        x = image(side)
        private = values(model.get_layer(name), x)
        check(
            values(model.get_layer("shared"), private),
            by_hand.vgg16_bn_features(tensors, x),
        )


def test_edsr_computes_what_its_file_says(publish):
    tensors, x = by_hand.edsr(4), image(32)
    load, expected = publish(EDSR, tensors), by_hand.edsr_image(tensors, x)
    alone = narrow_edsr((32, 32, 3))
    load(alone)
    check(values(alone, x), expected)
    # It has an `edsr_x4` as well.
    pyramid = pyramid_sr((128, 128, 3), 7, kstep=2, position=0)
    layers = load(pyramid)["layers"]
    assert len(layers) == 36
    assert layers["edsr_x2_block16_conv2"] == "edsr_block16_conv2"
    check(values(pyramid.get_layer("edsr_x2"), x), expected)


@pytest.mark.parametrize("name,colours", [(BGR, [0, 1, 2]), (RGB, [2, 1, 0])])
def test_alexnet_computes_what_its_file_says(name, colours, publish):
    # Like pixels: the normalisation of responses is hardly one for less.
    tensors, x = by_hand.alexnet(), 50 * image(227)
    model = alexnet((227, 227, 3), 7, dense=(6, 5))
    assert len(publish(name, tensors)(model)["layers"]) == 10
    fc7 = model.get_layer("fc7")
    fc7.activation = keras.activations.linear
    check(
        values(keras.Model(model.input, fc7(fc7.input)), x[colours]),
        by_hand.alexnet_fc7(tensors, x),
    )


def test_only_the_named_layers_are_filled(publish):
    load = publish(BGR, by_hand.alexnet())
    model = alexnet((67, 67, 3), 7, dense=())
    conv3 = model.get_layer("conv3")
    before = conv3.get_weights()[0]
    layers = load(model, names={"conv[12].*": r"\g<0>"})["layers"]
    assert [*layers] == ["conv1", "conv2_1", "conv2_2"]
    np.testing.assert_array_equal(conv3.get_weights()[0], before)


def test_a_layer_of_the_file_with_no_place_is_reported(publish):
    load = publish(BGR, by_hand.alexnet())
    with pytest.raises(ValueError, match="Received: none for fc6, fc7$"):
        load(alexnet((67, 67, 3), 7, dense=()))


@pytest.mark.parametrize(
    "change,message",
    [
        ({"head.0.bias": None}, "have a tensor head.0.bias. Received: .*body"),
        ({"extra": np.zeros(2)}, "than are known. Received: extra$"),
        ({"tail.1.bias": np.zeros((3, 1))}, r"\(None,\). Received: \(3, 1\)"),
        ({"tail.1.bias": np.zeros(4)}, r"\(4,\)\] of edsr_tail"),
    ],
)
def test_a_file_of_other_contents_changes_nothing(change, message, publish):
    tensors = by_hand.edsr(4) | change
    load = publish(EDSR, {k: x for k, x in tensors.items() if x is not None})
    model = narrow_edsr((8, 8, 3))
    before = model.get_weights()
    with pytest.raises(ValueError, match=message):
        load(model)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_dense_layers_of_another_size_of_image_are_refused(publish):
    tensors = by_hand.alexnet()
    tensors["fc6_w_0"] = tensors["fc6_w_0"][:, :256]
    load = publish(BGR, tensors)
    with pytest.raises(ValueError, match=r"9216\). Received: \(6, 256\)"):
        load(alexnet((67, 67, 3), 7, dense=(6, 5)))


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named_with_its_address(name, tmp_path):
    file = FILES[name]
    message = f"{tmp_path / file.name} is missing. Download {file.url} "
    with pytest.raises(FileNotFoundError, match=re.escape(message)):
        load_pretrained(None, name, tmp_path)


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_refused_before_it_is_read(name, tmp_path):
    (tmp_path / FILES[name].name).write_bytes(b"abc")
    # SHA-256 of "abc": FIPS 180-2, appendix B.1.
    with pytest.raises(ValueError, match="Received: ba7816bf8f01cfea"):
        load_pretrained(None, name, tmp_path)


@pytest.mark.parametrize("name", [TORCHVISION, EDSR])
def test_a_name_carries_the_first_digits_of_the_hash(name):
    file = FILES[name]
    digits = re.search("-([0-9a-f]{8})[.]", file.name)[1]
    assert file.sha256.startswith(digits) and file.url.endswith(file.name)


def test_an_unknown_file_is_refused(tmp_path):
    with pytest.raises(ValueError, match="'EDSR x2, DIV2K'.*Received: 'vgg'"):
        find("vgg", tmp_path)


def test_a_missing_package_is_named_with_the_command(monkeypatch, tmp_path):
    file = replace(FILES[EDSR], sha256="ba7816bf8f01cfea")
    monkeypatch.setitem(FILES, EDSR, file)
    monkeypatch.setitem(sys.modules, "torch", None)
    (tmp_path / file.name).write_bytes(b"abc")
    with pytest.raises(ModuleNotFoundError, match=r'-e "\.\[torch\]"'):
        load_pretrained(None, EDSR, tmp_path)


def test_pytorch_is_told_to_read_tensors_only(monkeypatch):
    def load(path, **arguments):
        assert arguments == {"map_location": "cpu", "weights_only": True}
        return {}

    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(load=load))
    assert read_torch("file.pth") == {}


@pytest.mark.parametrize("zipped", [True, False])
def test_pytorch_files_give_their_tensors(zipped, tmp_path):
    torch = pytest.importorskip("torch")
    tensors, path = by_hand.edsr(4), tmp_path / "file.pt"
    # Some published files hold parameters.
    parameters = {
        name: torch.nn.Parameter(torch.from_numpy(x))
        for name, x in tensors.items()
    }
    torch.save(parameters, path, _use_new_zipfile_serialization=zipped)
    found = read_torch(path)
    assert found.keys() == tensors.keys()
    for name, x in tensors.items():
        np.testing.assert_array_equal(found[name], x)
