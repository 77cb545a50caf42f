"""Tests of the release of AffectNet with npy annotations."""

import shutil

import numpy as np
import pytest

from tfds_builders.affectnet import fake_files, reader
from tfds_builders.testing import told

IMAGES, ANNOTATIONS = "train_set/images", "train_set/annotations"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "PUBLISHED", fake_files.PUBLISHED)
    fake_files.write_numbers(tmp_path)
    return tmp_path


def read(folder, config="8"):
    """What was read, and the warnings."""
    return told(reader.read, config, folder)


def listing(splits):
    """What was read, in the form of `fake_files.NUMBERS`."""
    return {
        split: {
            path.name: reader.CLASS_NAMES["8"][label]
            for path, label in zip(
                columns["image"], columns["label"], strict=True
            )
        }
        for split, columns in splits.items()
    }


@pytest.mark.parametrize("config", reader.CONFIGS)
def test_annotations_say_what_the_images_are(folder, config):
    splits, messages = read(folder, config)
    assert not messages
    expected = {
        split: {
            name: label
            for name, label in images.items()
            if label != "contempt" or config == "8"
        }
        for split, images in fake_files.NUMBERS.items()
    }
    assert listing(splits) == expected
    for split, columns in splits.items():
        numbers = [int(name.partition(".")[0]) for name in expected[split]]
        # By number and not by name; dictionaries compare without order.
        assert columns["row"].tolist() == numbers == sorted(numbers)
        assert {path.parts[-3] for path in columns["image"]} == {
            {"train": "train_set", "validation": "val_set"}[split]
        }


def test_boxes_are_the_whole_images(folder):
    for columns in read(folder)[0].values():
        boxes = columns["box"]
        np.testing.assert_array_equal(boxes, [[0, 0, 40, 40]] * len(boxes))


@pytest.mark.parametrize(
    "value", ["2", np.array("2"), np.str_("2\n"), 2, np.array(2, np.uint8)]
)
def test_expression_may_be_text_or_a_number(folder, value):
    fake_files.write_annotation(folder / "train_set", "7", value)
    assert listing(read(folder)[0])["train"]["7.jpg"] == "sad"


def test_published_text_is_no_object():
    # The form of annotations that public code reads without pickle.
    assert np.array(fake_files.CODES["sad"]).dtype.str == "<U1"
    assert fake_files.CODES["sad"] == "2"


@pytest.mark.parametrize(
    "value", ["11", "-1", "", "2.0", 2.0, ["2"], b"2", "sad", None]
)
def test_expression_out_of_range_is_named(folder, value):
    fake_files.write_annotation(folder / "train_set", "7", value)
    message = f"0 to 10.*Received: {ANNOTATIONS}/7_exp.npy .*[^,]$"
    with pytest.raises(ValueError, match=message):
        read(folder)


@pytest.mark.parametrize("size", [0, 4, 100])
def test_annotation_cut_short_is_named(folder, size):
    path = folder / ANNOTATIONS / "7_exp.npy"
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(ValueError, match=f"Received: {ANNOTATIONS}/7_exp.npy"):
        read(folder)


@pytest.mark.parametrize(
    "damaged", [b"PK\3\4", b"\x93NUMPY\1\0\5\0{'a':", bytes(100)]
)
def test_damaged_annotation_is_named(folder, damaged):
    (folder / ANNOTATIONS / "7_exp.npy").write_bytes(damaged)
    with pytest.raises(ValueError, match=f"Received: {ANNOTATIONS}/7_exp.npy"):
        read(folder)


def test_row_without_expression_is_counted(folder):
    fake_files.write_annotation(folder / "train_set", "7", "9")
    splits, (without, _) = read(folder)
    assert splits["train"]["row"][0] == 12
    assert without.endswith("have no expression: 1 uncertain")


def test_annotation_without_image_is_left_out_and_named(folder):
    (folder / IMAGES / "100.png").unlink()
    splits, (lost, difference) = read(folder)
    assert 100 not in splits["train"]["row"]
    assert lost.endswith(
        f"1 images are missing and left out: {ANNOTATIONS}/100_exp.npy"
    )
    assert difference.endswith("published set has 9; 0 sad and not 1")


def test_image_without_annotation_is_left_out_and_named(folder):
    (folder / ANNOTATIONS / "100_exp.npy").unlink()
    splits, (unlabelled, _) = read(folder)
    assert 100 not in splits["train"]["row"]
    assert unlabelled.endswith(
        "images: 1 files are left out, as they have no annotation: 100.png"
    )


@pytest.mark.parametrize("suffix", ["jpeg", "JPG", "tif"])
def test_images_may_have_any_extension(folder, suffix):
    path = folder / IMAGES / "2000.jpg"
    path.rename(path.with_suffix(f".{suffix}"))
    splits, messages = read(folder)
    assert not messages
    assert listing(splits)["train"][f"2000.{suffix}"] == "surprise"


@pytest.mark.parametrize("second", ["7.png", "07.jpg"])
def test_two_images_of_one_number_are_both_named(folder, second):
    shutil.copy(folder / IMAGES / "7.jpg", folder / IMAGES / second)
    with pytest.raises(ValueError, match="one file for each number") as error:
        read(folder)
    received = str(error.value).rpartition("Received: ")[2]
    assert sorted(received.split(", ")) == sorted(["7.jpg", second])


def test_name_that_is_no_number_is_left_out_and_named(folder):
    shutil.copy(folder / IMAGES / "7.jpg", folder / IMAGES / "7 (1).jpg")
    splits, (warning,) = read(folder)
    assert len(splits["train"]["image"]) == 9
    assert warning.endswith("their names are not numbers: 7 (1).jpg")


def test_broken_image_is_left_out_and_named(folder):
    (folder / IMAGES / "100.png").write_bytes(b"")
    _, (lost, _) = read(folder)
    assert lost.endswith(
        f"1 images are empty and left out: {ANNOTATIONS}/100_exp.npy"
    )


@pytest.mark.parametrize(
    "name",
    ["val_set", "train_set", "val_set/images", "train_set/annotations"],
)
def test_missing_part_is_named(folder, name):
    (folder / name).rename(folder / "elsewhere")
    with pytest.raises(FileNotFoundError, match=f"{name}.*Ask for AffectNet"):
        read(folder)


def test_split_without_images_is_refused(folder):
    for path in (folder / "val_set/images").iterdir():
        path.unlink()
    with pytest.raises(
        FileNotFoundError, match="images of validation.*none of 3 labelled"
    ):
        read(folder)
