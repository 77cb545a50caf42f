import cv2
import numpy as np
import pytest

from ferkeras.data import (
    Datasets,
    Faces,
    HoldOut,
    Source,
    files_in_memory,
    npz_path,
    write_npz,
)
from ferkeras.data.npz import open_npz
from tests import tiny

SOURCE = Source(
    "noise/small", "1.2.3", tiny.CLASSES, ("train", "test"), tiny.faces
)


def test_npz_gives_back_what_was_written(tmp_path):
    write_npz(SOURCE, npz_path("noise/small", tmp_path))
    source = open_npz("noise/small", tmp_path)
    assert (source.version, source.class_names) == ("1.2.3", tiny.CLASSES)
    assert source.splits == ("train", "test")
    assert source.faces("test").subjects is None
    for ours, theirs in zip(
        source.faces("test")[:3], tiny.faces("test")[:3], strict=True
    ):
        assert ours.dtype == theirs.dtype
        assert (ours == theirs).all()
    assert [path.name for path in tmp_path.iterdir()] == ["noise-small.npz"]


def test_a_dataset_that_is_not_prepared_is_named_with_the_command(tmp_path):
    with pytest.raises(FileNotFoundError, match="prepare ferplus/half"):
        Datasets(tmp_path).source("ferplus/half")


def test_an_unknown_split_is_refused():
    with pytest.raises(ValueError, match="train, test. Received: split='x'"):
        SOURCE.faces("x")


def test_fingerprint_tells_pixels_and_labels_apart():
    faces = tiny.faces("train")
    darker = faces.images.copy()
    darker[5, 3, 3] -= 1
    relabelled = faces.labels.copy()
    relabelled[7] = 1 - relabelled[7]
    prints = {
        faces.fingerprint,
        faces._replace(images=darker).fingerprint,
        faces._replace(labels=relabelled).fingerprint,
    }
    assert len(prints) == 3
    assert faces._replace(rows=faces.rows + 1).fingerprint in prints


def test_resizing_is_opencv_bilinear_and_keeps_labels():
    faces = tiny.faces("train", 3)
    larger = faces.resized(16)
    assert larger.images.shape == (3, 16, 16, 1)
    assert larger.images.dtype == np.uint8
    one = cv2.resize(faces.images[1], (16, 16), interpolation=cv2.INTER_LINEAR)
    assert (larger.images[1, ..., 0] == one).all()
    assert (larger.labels == faces.labels).all()
    assert faces.resized(12) is faces


def test_colours_are_resized_each_by_itself(monkeypatch):
    def resize(image, *arguments):
        # What OpenCV 5 takes.
        assert image.shape[2] <= 128
        return by_opencv(image, *arguments)

    by_opencv = cv2.resize
    monkeypatch.setattr(cv2, "resize", resize)
    images = np.random.default_rng(0).integers(0, 256, (300, 20, 30, 3))
    faces = Faces(images.astype(np.uint8), np.zeros(300), np.arange(300))
    found = faces.resized(12).images
    for place in (0, 41, 42, 169, 170, 299):
        one = by_opencv(faces.images[place], (12, 12))
        np.testing.assert_array_equal(found[place], one)


def test_faces_are_read_once(tmp_path):
    read = []

    def faces(split):
        read.append(split)
        return tiny.faces(split)

    source = Source("noise", "1", tiny.CLASSES, ("train",), faces)
    datasets = Datasets(tmp_path)
    datasets.source = lambda name: source
    first = datasets.faces("noise", "train", (), 16)
    assert isinstance(first, Faces)
    assert datasets.faces("noise", "train", (), 16) is first
    parts = HoldOut("held out", of="train", share=0.2)
    datasets.card("noise", ["train", "held out"], (parts,))
    assert read == ["train"]


def test_joined_splits_follow_one_another():
    joined = SOURCE.faces("test+train")
    parts = [tiny.faces("test"), tiny.faces("train")]
    assert (joined.labels == np.concatenate([p.labels for p in parts])).all()
    assert (joined.images[90:] == parts[1].images).all()
    assert joined.subjects is None
    with pytest.raises(ValueError, match="Received: split='test.valid'"):
        SOURCE.faces("test+valid")


def test_files_are_shrunk_by_area_and_made_grey():
    colours = np.random.default_rng(0).integers(0, 256, (12, 8, 3), np.uint8)
    file = cv2.imencode(".png", colours)[1].tobytes()
    faces = Faces(files_in_memory([file]), np.zeros(1, int), np.zeros(1, int))
    assert faces.encoded
    small = faces.resized(4).images
    assert small.shape == (1, 4, 4, 1) and small.dtype == np.uint8
    # ITU-R 601, blue first; each pixel is the mean of 3 x 2.
    grey = colours @ [0.114, 0.587, 0.299]
    means = grey.reshape(4, 3, 4, 2).mean((1, 3))
    assert np.abs(small[0, ..., 0] - means).max() <= 1
