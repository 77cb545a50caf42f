"""Files for other programs: they say what the model says."""

import keras
import numpy as np
import pytest

from ferkeras.scoring.export import classifier
from ferkeras.trained import format_files, formats
from ferkeras.trained.formats import COUNT, FORMATS, Format, convert, probes
from ferkeras.training.build import build
from reproductions.commands import model_arguments
from tests import tiny

NAMES = ("left", "right")
needs_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="written by TensorFlow"
)


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    model = classifier(build(tiny.ROW, 2).scoring, NAMES)
    model.class_names = NAMES
    return model


@pytest.mark.parametrize(
    "to",
    [
        pytest.param(to, marks=needs_tensorflow if form.packages else ())
        for to, form in FORMATS.items()
    ],
)
def test_a_file_says_what_the_model_says(model, to, tmp_path):
    for package in FORMATS[to].packages:
        pytest.importorskip(package)
    path = tmp_path / "new" / f"tiny{FORMATS[to].suffix}"
    assert convert(model, to, path) < 1e-5
    # Of any number of images, and not the ones that it was tested with.
    images = tiny.faces("test").images[:3]
    np.testing.assert_allclose(
        FORMATS[to].run(path, images),
        model.predict(images, verbose=0),
        atol=1e-5,
    )
    others = {"tiny.labels.txt"} if to == "tflite" else set()
    assert {x.name for x in path.parent.iterdir()} == {path.name} | others
    with pytest.raises(FileExistsError, match="is there already"):
        convert(model, to, path)


@needs_tensorflow
def test_files_name_the_classes(model, tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    pytest.importorskip("tf2onnx")
    pytest.importorskip("ai_edge_litert")
    convert(model, "onnx", tmp_path / "a.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "a.onnx")
    properties = session.get_modelmeta().custom_metadata_map
    assert properties["class_names"] == '["left", "right"]'
    convert(model, "tflite", tmp_path / "a.tflite")
    assert (tmp_path / "a.labels.txt").read_text() == "left\nright\n"


def test_a_file_that_says_something_else_is_not_left(
    model, tmp_path, monkeypatch
):
    run = FORMATS["keras"].run

    def off(path, images):
        found = run(path, images)
        found[7] += 0.001
        return found

    other = Format(".keras", format_files.write_keras, off)
    monkeypatch.setitem(FORMATS, "keras", other)
    with pytest.raises(ValueError, match="up to 0.001 off"):
        convert(model, "keras", tmp_path / "a.keras")
    assert not any(tmp_path.iterdir())


@pytest.mark.any_backend
def test_a_missing_package_is_named(model, tmp_path, monkeypatch):
    monkeypatch.setattr(formats, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match=r"tf2onnx.*\[tf,export\]"):
        convert(model, "onnx", tmp_path / "a.onnx")


@pytest.mark.skipif(
    keras.backend.backend() == "tensorflow", reason="of other backends"
)
def test_what_tensorflow_traces_is_refused_elsewhere(
    model, tmp_path, monkeypatch
):
    monkeypatch.setattr(formats, "find_spec", lambda name: True)
    with pytest.raises(ValueError, match="KERAS_BACKEND=tensorflow"):
        convert(model, "onnx", tmp_path / "a.onnx")


@pytest.mark.any_backend
def test_images_to_test_with_differ_and_have_edges():
    images = probes((12, 14, 3))
    assert images.shape == (COUNT, 12, 14, 3) and images.dtype == np.uint8
    assert len({image.tobytes() for image in images}) == COUNT
    assert np.abs(np.diff(images.astype(int), axis=1)).max() > 200


@pytest.mark.any_backend
def test_the_command_offers_every_format():
    assert {*model_arguments.FORMATS} == {*FORMATS}


@pytest.mark.parametrize("to", [k for k, x in FORMATS.items() if x.suffix])
@pytest.mark.parametrize("name", ["a", "a.h5"])
def test_another_suffix_than_the_formats_is_refused(model, to, name, tmp_path):
    with pytest.raises(ValueError, match=rf"\{FORMATS[to].suffix}\. Received"):
        convert(model, to, tmp_path / name)
    assert not list(tmp_path.iterdir())
