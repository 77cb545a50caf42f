"""Tests of reading RAF-DB."""

import os
import pathlib
import re
import shutil

import cv2
import numpy as np
import pytest

from tfds_builders.raf_db import fake_files, layouts, reader
from tfds_builders.testing import told

COLUMNS = ("label", "original_height", "original_width", "row")
NAMES = list(fake_files.IMAGES)
BMP = cv2.imencode(".bmp", np.zeros((9, 9)))[1].tobytes()


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(reader, "PUBLISHED", fake_files.counts())
    monkeypatch.setattr(reader, "published_names", fake_files.names)


@pytest.fixture
def official(small, tmp_path):
    """The folder `basic` of a small set."""
    fake_files.write_official(tmp_path)
    return tmp_path / layouts.BASIC


@pytest.fixture
def mirror(small, tmp_path):
    """The folder `DATASET` of a small set."""
    fake_files.write_mirror(tmp_path)
    return tmp_path / layouts.MIRROR


@pytest.fixture(params=["official", "mirror"])
def layout(request):
    """The folder of either layout."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def real():
    folder = pathlib.Path(os.environ.get("FERKERAS_MANUAL_DIR", ""))
    if not (folder / layouts.BASIC / layouts.LABEL_LIST).is_file():
        pytest.skip(
            "set FERKERAS_MANUAL_DIR to the folder that holds the folder "
            f"{layouts.BASIC} of RAF-DB"
        )
    return read_warned(folder)


def read_warned(folder):
    """What was read, and the warnings."""
    return told(reader.read, None, folder)


def test_labels_have_the_publishers_numbers():
    # Label 1 of the file is 0 here.
    numbers = dict(enumerate(reader.CLASS_NAMES, 1))
    assert numbers == {
        1: "surprise",
        2: "fear",
        3: "disgust",
        4: "happiness",
        5: "sadness",
        6: "anger",
        7: "neutral",
    }


def test_published_counts_add_up():
    assert {x: sum(y) for x, y in reader.PUBLISHED.items()} == {
        "train": 12271,
        "test": 3068,
    }
    assert reader.published_names("train")[::12270] == [
        "train_00001",
        "train_12271",
    ]
    assert reader.published_names("test")[::3067] == ["test_0001", "test_3068"]


def test_types_are_as_promised(layout):
    for columns in reader.read(None, layout).values():
        images = columns.pop("image")
        assert all(isinstance(path, pathlib.Path) for path in images)
        types = {name: array.dtype.str[1:] for name, array in columns.items()}
        assert types == dict.fromkeys(COLUMNS, "i8")
        assert {len(x) for x in columns.values()} == {len(images)}


@pytest.mark.parametrize(
    "name",
    [
        "train_0004_aligned.jpg",
        "train_000004_aligned.jpg",
        "test_00004_aligned.jpg",
        "test_004_aligned.jpg",
        "train_00004.jpg",
        "train_00004_aligned (1).jpg",
        "train_00004_aligned.png",
        "xtrain_00004_aligned.jpg",
        "train_٠٠٠٠٤_aligned.jpg",
    ],
)
def test_malformed_name_is_left_out_and_named(layout, name):
    first = next(layout.rglob("train_00004_aligned.jpg"))
    shutil.copy(first, first.with_name(name))
    splits, (warning,) = read_warned(layout)
    assert list(fake_files.listing(splits)) == NAMES
    assert "1 images are left out, as their names are not of" in warning
    assert "of the form train_00001_aligned.jpg: " in warning
    assert warning.endswith(f"/{name}")


def test_names_may_be_in_upper_case(layout):
    path = next(layout.rglob("train_00004_aligned.jpg"))
    path.rename(path.with_name("TRAIN_00004_aligned.JPG"))
    splits, messages = read_warned(layout)
    assert not messages
    assert len(splits["train"]["image"]) == 8


def test_two_files_of_one_image_are_both_named(layout):
    first = next(layout.rglob("train_00004_aligned.jpg"))
    second = first.with_name("train_00004_aligned.JPG")
    shutil.copy(first, second)
    with pytest.raises(ValueError, match="each image once") as error:
        reader.read(None, layout)
    received = str(error.value).rpartition("Received: ")[2]
    assert {pathlib.Path(x).name for x in received.split(", ")} == {
        first.name,
        second.name,
    }


@pytest.mark.parametrize(
    "change, fault",
    [
        (lambda content: b"", "empty"),
        (lambda content: content[:-2], "cut short or damaged"),
        (
            lambda content: cv2.imencode(".bmp", np.zeros((9, 9)))[1].tobytes(),
            "no JPEG",
        ),
        (lambda content: b"<html>", "no image but a web page"),
    ],
)
def test_broken_file_is_named(layout, change, fault):
    path = next(layout.rglob("train_00004_aligned.jpg"))
    path.write_bytes(change(path.read_bytes()))
    name = path.relative_to(layout).as_posix()
    message = f"whole JPEG.* Received: 1 {fault}: {name}$"
    with pytest.raises(ValueError, match=message):
        reader.read(None, layout)


def test_few_images_are_counted_against_all_published(tmp_path):
    fake_files.write_mirror(tmp_path)
    _, (train, test) = read_warned(tmp_path)
    assert "8 images of train, where the published set has 12271; " in train
    assert "12263 missing: train_00008, train_00009, train_00011" in train
    assert "4 images of test, where the published set has 3068; " in test
    assert test.endswith(" and 3054 more")


def test_published_set_is_read_whole_and_without_warning(tmp_path):
    path = tmp_path / "face.jpg"
    path.write_bytes(fake_files.jpeg("neutral"))
    for split, counts in reader.PUBLISHED.items():
        labels = np.repeat(np.arange(1, 8), counts)
        for label in range(1, 8):
            (tmp_path / "DATASET" / split / str(label)).mkdir(parents=True)
        for name, label in zip(
            reader.published_names(split), labels, strict=True
        ):
            place = tmp_path / "DATASET" / split / str(label)
            (place / fake_files.aligned(name)).hardlink_to(path)
    splits, messages = read_warned(tmp_path)
    assert not messages
    rows = [columns["row"] for columns in splits.values()]
    np.testing.assert_array_equal(rows[0], np.arange(12271))
    np.testing.assert_array_equal(rows[1], np.arange(12271, 15339))
    # Table 3 of Vo et al. (2020), with 478 for the misprint 487.
    counts = np.bincount(splits["test"]["label"]).tolist()
    assert counts == [329, 74, 160, 1185, 478, 162, 680]


def test_both_layouts_are_refused(official):
    fake_files.write_mirror(official.parent)
    message = "one of two.*Ask for.*list_patition_label.txt and .*DATASET/train"
    with pytest.raises(ValueError, match=message):
        reader.read(None, official.parent)


@pytest.mark.parametrize("place", [".", "nowhere", "basic", "DATASET/train"])
def test_folder_of_neither_layout_is_refused(tmp_path, place):
    if place != "nowhere":
        (tmp_path / place).mkdir(parents=True, exist_ok=True)
    manual_dir = tmp_path / "nowhere" if place == "nowhere" else tmp_path
    message = f"{re.escape(str(manual_dir))}: .*Ask for.*Received: neither"
    with pytest.raises(FileNotFoundError, match=message):
        reader.read(None, manual_dir)


@pytest.mark.filterwarnings("ignore:.* labels without an image")
def test_split_without_images_is_refused(layout):
    for path in layout.rglob("test_*_aligned.jpg"):
        path.unlink()
    message = "images of test.* Received: 8, none so named"
    with pytest.raises(FileNotFoundError, match=message):
        reader.read(None, layout)


def test_config_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no configs. Received: config='x'"):
        reader.read("x", tmp_path)


def test_published_files_are_the_published_set(real):
    splits, messages = real
    assert not messages
    assert [len(x["image"]) for x in splits.values()] == [12271, 3068]
