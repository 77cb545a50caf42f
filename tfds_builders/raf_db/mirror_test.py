"""Tests of the mirror of RAF-DB."""

import pathlib
import re
import shutil

import pytest

from tfds_builders.raf_db import fake_files, layouts, reader
from tfds_builders.testing import told

NAMES = list(fake_files.IMAGES)


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """The folder `DATASET` of a small set."""
    monkeypatch.setattr(reader, "PUBLISHED", fake_files.counts())
    monkeypatch.setattr(reader, "published_names", fake_files.names)
    fake_files.write_mirror(tmp_path)
    return tmp_path / layouts.MIRROR


def read(folder):
    """What was read, and the warnings."""
    return told(reader.read, None, folder)


@pytest.mark.parametrize("name", ["valid", "val", "Validation", "TEST"])
def test_the_test_images_may_be_in_a_folder_of_another_name(mirror, name):
    expected = fake_files.listing(read(mirror)[0])
    (mirror / "test").rename(mirror / name)
    splits, messages = read(mirror)
    assert not messages
    assert fake_files.listing(splits) == expected


def test_a_third_split_in_the_mirror_is_refused(mirror):
    (mirror / "valid").mkdir()
    with pytest.raises(ValueError, match="Received: train, test, valid$"):
        read(mirror)


@pytest.mark.parametrize("itself", [False, True])
def test_mirror_says_the_same_but_for_sizes(mirror, itself):
    splits, messages = read(mirror if itself else mirror.parent)
    assert not messages
    assert fake_files.listing(splits) == {
        name: (label, 0, 0) for name, (label, *_) in fake_files.IMAGES.items()
    }
    assert list(fake_files.listing(splits)) == NAMES
    rows = [columns["row"].tolist() for columns in splits.values()]
    assert rows == [list(range(8)), list(range(8, 12))]


@pytest.mark.parametrize("folder", ["0", "8", "77", "happy", "1/2", "."])
def test_mirror_with_other_folder_is_refused(mirror, folder):
    path = mirror / "test" / "7" / "test_0001_aligned.jpg"
    place = mirror / "test" / folder
    place.mkdir(parents=True, exist_ok=True)
    path.rename(place / path.name)
    received = (pathlib.Path("test") / folder / path.name).as_posix()
    message = f"labels 1 to 7.* Received: {re.escape(received)}$"
    with pytest.raises(ValueError, match=message):
        reader.read(None, mirror)


def test_image_of_the_other_split_in_the_mirror_is_refused(mirror):
    name = "test_0001_aligned.jpg"
    (mirror / "test/7" / name).rename(mirror / "train/7" / name)
    with pytest.raises(ValueError, match=f"Received: train/7/{name}$"):
        reader.read(None, mirror)


def test_image_under_two_labels_in_the_mirror_is_refused(mirror):
    name = "test_0001_aligned.jpg"
    shutil.copy(mirror / "test/7" / name, mirror / "test/1")
    message = f"Received: 1/{name}, 7/{name}$"
    with pytest.raises(ValueError, match=message):
        reader.read(None, mirror)
