"""Tests of reading AffectNet, whichever its release."""

import os
import pathlib
import re

import pytest

from tfds_builders.affectnet import fake_files, reader
from tfds_builders.testing import told

RELEASES = [fake_files.write_lists, fake_files.write_numbers]
pytestmark = pytest.mark.filterwarnings("ignore:.*they have no expression")


@pytest.fixture
def real():
    folder = pathlib.Path(os.environ.get("FERKERAS_MANUAL_DIR", ""))
    if not any(
        x.is_in(folder) for x in (reader.csv_release, reader.npy_release)
    ):
        pytest.skip(
            "set FERKERAS_MANUAL_DIR to the folder that holds a release of "
            "AffectNet"
        )
    return reader.read("8", folder)


def test_labels_are_the_publishers_codes():
    assert dict(enumerate(reader.CLASS_NAMES["8"])) == {
        0: "neutral",
        1: "happy",
        2: "sad",
        3: "surprise",
        4: "fear",
        5: "disgust",
        6: "anger",
        7: "contempt",
    }
    assert reader.CLASS_NAMES["7"] == reader.CLASS_NAMES["8"][:-1]


def test_published_counts_add_up():
    # Table 3 of Vo et al. (2020), and its sums without contempt.
    assert {x: sum(y) for x, y in reader.PUBLISHED.items()} == {
        "train": 287651,
        "validation": 4000,
    }
    assert {x: sum(y[:-1]) for x, y in reader.PUBLISHED.items()} == {
        "train": 283901,
        "validation": 3500,
    }


@pytest.mark.parametrize("write", RELEASES)
def test_types_are_as_promised(tmp_path, monkeypatch, write):
    monkeypatch.setattr(reader, "PUBLISHED", fake_files.PUBLISHED)
    write(tmp_path)
    splits = reader.read("8", tmp_path)
    assert list(splits) == ["train", "validation"]
    for columns in splits.values():
        images = columns.pop("image")
        assert all(isinstance(path, pathlib.Path) for path in images)
        types = {
            name: (array.dtype.str[1:], array.shape)
            for name, array in columns.items()
        }
        assert types == {
            "label": ("i8", (len(images),)),
            "box": ("i8", (len(images), 4)),
            "row": ("i8", (len(images),)),
        }


@pytest.mark.parametrize("write", RELEASES)
@pytest.mark.parametrize(
    "config, published, contempt",
    [
        ("8", (287651, 4000), "1 contempt and not 3750"),
        ("7", (283901, 3500), "1 anger and not 24882"),
    ],
)
def test_few_images_are_counted_against_all_published(
    tmp_path, write, config, published, contempt
):
    write(tmp_path)
    _, texts = told(reader.read, config, tmp_path)
    train, validation = (x for x in texts if "no expression" not in x)
    assert (
        f"images of train, where the published set has {published[0]}; "
        "1 neutral and not 74874; 2 happy and not 134415" in train
    )
    assert train.endswith(contempt)
    assert f"published set has {published[1]}; 1 neutral and" in validation


def test_both_releases_are_refused(tmp_path):
    for write in RELEASES:
        write(tmp_path)
    message = "one of two releases. Ask for.*but not both. Received: both$"
    with pytest.raises(ValueError, match=message):
        reader.read("8", tmp_path)


@pytest.mark.parametrize("part", ["training.csv", "validation.csv"])
def test_part_of_the_other_release_is_refused_too(tmp_path, part):
    fake_files.write_numbers(tmp_path)
    (tmp_path / part).write_text("")
    with pytest.raises(ValueError, match="Received: both$"):
        reader.read("8", tmp_path)


@pytest.mark.parametrize("place", ["", "nowhere", "Manually_Annotated_Images"])
def test_folder_of_neither_release_is_refused(tmp_path, place):
    (tmp_path / "Manually_Annotated_Images").mkdir()
    folder = tmp_path / place
    message = f"^{re.escape(str(folder))}: .*Ask for.*Received: neither$"
    with pytest.raises(FileNotFoundError, match=message):
        reader.read("8", folder)


@pytest.mark.parametrize("config", [None, "", "6", 8])
def test_unknown_config_is_refused(tmp_path, config):
    message = f"one of 8, 7. Received: {config!r}"
    with pytest.raises(ValueError, match=message):
        reader.read(config, tmp_path)


def test_published_files_have_the_published_classes(real):
    # One image less was reported of the release with annotations.
    assert len(real["train"]["image"]) == 287651
    assert len(real["validation"]["image"]) in (3999, 4000)
