"""Tests of the official layout of RAF-DB."""

import re
import shutil

import numpy as np
import pytest

from tfds_builders.raf_db import fake_files, layouts, reader
from tfds_builders.testing import told

NAMES = list(fake_files.IMAGES)
ALIGNED = "Image/aligned"


@pytest.fixture
def official(tmp_path, monkeypatch):
    """The folder `basic` of a small set."""
    monkeypatch.setattr(reader, "PUBLISHED", fake_files.counts())
    monkeypatch.setattr(reader, "published_names", fake_files.names)
    fake_files.write_official(tmp_path)
    return tmp_path / layouts.BASIC


def read(folder):
    """What was read, and the warnings."""
    return told(reader.read, None, folder)


def rewrite(folder, change):
    """Change the text of the list of labels."""
    path = folder / layouts.LABEL_LIST
    path.write_bytes(change(path.read_bytes()))


@pytest.mark.parametrize("itself", [False, True])
def test_list_and_originals_say_what_the_images_are(official, itself):
    splits, messages = read(official if itself else official.parent)
    assert not messages
    assert list(splits) == ["train", "test"]
    assert fake_files.listing(splits) == fake_files.IMAGES
    assert list(fake_files.listing(splits)) == NAMES
    np.testing.assert_array_equal(splits["train"]["row"], np.arange(8))
    np.testing.assert_array_equal(splits["test"]["row"], np.arange(8, 12))


def test_sizes_are_zero_without_the_folder_of_originals(official):
    shutil.rmtree(official / layouts.ORIGINALS)
    splits, messages = read(official)
    assert not messages
    assert {
        tuple(size) for _, *size in fake_files.listing(splits).values()
    } == {(0, 0)}


def test_missing_original_is_named_and_has_no_size(official):
    (official / layouts.ORIGINALS / "train_00002.jpg").unlink()
    splits, (warning,) = read(official)
    assert warning.endswith(
        "1 images have no original, so that its size is 0: train_00002"
    )
    assert fake_files.listing(splits) == {
        **fake_files.IMAGES,
        "train_00002": ("neutral", 0, 0),
    }


def test_order_is_that_of_the_list(official):
    rewrite(
        official,
        lambda text: b"".join(reversed(text.splitlines(keepends=True))),
    )
    splits = reader.read(None, official)
    assert list(fake_files.listing(splits)) == NAMES[7::-1] + NAMES[:7:-1]
    assert fake_files.listing(splits) == fake_files.IMAGES
    assert splits["train"]["row"].tolist() == list(range(4, 12))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text.replace(b"\n", b"\n\n  \n"),
        lambda text: b"\n" + text.rstrip(),
        lambda text: text.replace(b" ", b"\t "),
        lambda text: text.replace(b"\n", b" \n"),
        lambda text: b"\xef\xbb\xbf" + text,
    ],
)
def test_white_space_of_the_list_does_not_matter(official, change):
    rewrite(official, change)
    splits, messages = read(official)
    assert not messages
    assert fake_files.listing(splits) == fake_files.IMAGES
    assert splits["test"]["row"].tolist() == [8, 9, 10, 11]


@pytest.mark.parametrize(
    "line",
    [
        "train_00004.jpg 0",
        "train_00004.jpg 8",
        "train_00004.jpg 12",
        "train_00004.jpg -1",
        "train_00004.jpg 2.0",
        "train_00004.jpg ٣",
        "train_00004.jpg",
        "train_00004 2",
        "train_0004.jpg 2",
        "train_000004.jpg 2",
        "test_00004.jpg 2",
        "test_004.jpg 2",
        "val_0004.jpg 2",
        "<html>",
    ],
)
def test_malformed_line_is_named(official, line):
    rewrite(
        official,
        lambda text: b"\n" + text.replace(b"train_00004.jpg 2", line.encode()),
    )
    message = re.escape(f"Received: line 5, {line!r}") + "$"
    with pytest.raises(ValueError, match="lines such as.*" + message):
        reader.read(None, official)


@pytest.mark.parametrize(
    "line",
    ["train_00004.jpg 2 3", "train_00004_aligned.jpg 2", "train_00004.jpg,2,1"],
)
def test_lines_of_copies_say_the_same(official, line):
    rewrite(
        official,
        lambda text: text.replace(b"train_00004.jpg 2", line.encode()),
    )
    splits, messages = read(official)
    assert not messages
    assert fake_files.listing(splits) == fake_files.IMAGES


def test_the_list_may_be_spelt_right_and_lie_in_another_folder(tmp_path):
    fake_files.write_official(tmp_path / "RAF-DB" / "RAF-DB")
    path = tmp_path / "RAF-DB" / "RAF-DB" / layouts.BASIC / layouts.LABEL_LIST
    path.rename(path.with_name("list_partition_label.txt"))
    assert fake_files.listing(read(tmp_path)[0]) == fake_files.IMAGES


@pytest.mark.parametrize("line", [b"train_00004.jpg 2\n", b"train_00004.jpg 3"])
def test_line_that_is_there_twice_is_named(official, line):
    rewrite(official, lambda text: text + line)
    with pytest.raises(ValueError, match="twice or more train_00004$"):
        reader.read(None, official)


def test_line_without_image_is_left_out_and_named(official):
    (official / ALIGNED / "train_00004_aligned.jpg").unlink()
    splits, (unpaired, difference) = read(official)
    assert list(fake_files.listing(splits)) == NAMES[:3] + NAMES[4:]
    assert splits["train"]["row"].tolist() == [0, 1, 2, 4, 5, 6, 7]
    assert unpaired.endswith(
        "1 labels without an image are left out: train_00004"
    )
    assert "7 images of train, where the published set has 8" in difference
    assert difference.endswith("1 missing: train_00004")


def test_image_without_line_is_left_out_and_named(official):
    rewrite(official, lambda text: text.replace(b"test_0003.jpg 6\n", b""))
    splits, (unpaired, difference) = read(official)
    assert list(fake_files.listing(splits)) == NAMES[:10] + NAMES[11:]
    assert splits["test"]["row"].tolist() == [8, 9, 10]
    assert unpaired.endswith(
        "1 images without a label are left out: "
        "Image/aligned/test_0003_aligned.jpg"
    )
    assert difference.endswith("1 missing: test_0003")


def test_broken_original_is_named(official):
    path = official / layouts.ORIGINALS / "test_0002.jpg"
    path.write_bytes(path.read_bytes()[:-1])
    message = (
        "whole image.*1 cut short or damaged: Image/original/test_0002.jpg$"
    )
    with pytest.raises(ValueError, match=message):
        reader.read(None, official)


def test_full_set_of_other_counts_is_named(official):
    rewrite(
        official,
        lambda text: text.replace(b"test_0004.jpg 4", b"test_0004.jpg 5"),
    )
    splits, (warning,) = read(official)
    assert fake_files.listing(splits)["test_0004"][0] == "sadness"
    assert warning.endswith(
        "4 images of test, where the published set has 4; "
        "0 happiness and not 1; 1 sadness and not 0"
    )


def test_image_beyond_the_published_is_kept_and_named(official):
    rewrite(official, lambda text: text + b"test_0005.jpg 1\n")
    (official / ALIGNED / "test_0005_aligned.jpg").write_bytes(
        fake_files.jpeg("surprise", 99)
    )
    splits, (_, warning) = read(official)
    assert len(splits["test"]["image"]) == 5
    assert warning.endswith("has 4; 1 not in that set: test_0005")


def test_list_without_images_is_refused(official):
    shutil.rmtree(official / ALIGNED)
    with pytest.raises(FileNotFoundError, match="of 12 labels.*0 others"):
        reader.read(None, official)


def test_images_that_are_still_in_their_archive_are_told_of(official):
    shutil.rmtree(official / "Image")
    archive = official / "Image" / "aligned.zip"
    archive.parent.mkdir()
    archive.touch()
    with pytest.raises(FileNotFoundError, match="Unpack aligned.zip first"):
        reader.read(None, official)
