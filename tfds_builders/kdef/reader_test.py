"""Tests of reading KDEF."""

import os
import pathlib

import cv2
import numpy as np
import pytest

from tfds_builders.kdef import fake_files, reader
from tfds_builders.testing import told

pytestmark = pytest.mark.filterwarnings("ignore:.* images are left out")
COLUMNS = ("row", "label", "subject", "session", "angle")
BMP = cv2.imencode(".bmp", np.zeros((9, 9)))[1].tobytes()


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(reader, "PUBLISHED", fake_files.PUBLISHED)


@pytest.fixture
def tree(small, tmp_path):
    """The folder `KDEF` of a small tree whose images are all published."""
    fake_files.write(tmp_path)
    return tmp_path / reader.FOLDER


@pytest.fixture
def real():
    folder = pathlib.Path(os.environ.get("FERKERAS_MANUAL_DIR", ""))
    if not (folder / reader.FOLDER).is_dir():
        pytest.skip(
            "set FERKERAS_MANUAL_DIR to the folder that holds the folder "
            f"{reader.FOLDER}"
        )
    return read_warned(folder)


def listing(columns):
    """What was read, in the form of `fake_files.IMAGES`."""
    values = [columns[name] for name in COLUMNS]
    values[1] = [reader.CLASS_NAMES[label] for label in values[1]]
    images = [path.name for path in columns["image"]]
    return dict(zip(images, zip(*values, strict=True), strict=True))


def read_warned(folder):
    """What was read, and the warnings."""
    columns, texts = told(reader.read, None, folder)
    return columns["train"], texts


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("manual_dir", [".", "KDEF"])
def test_names_say_what_the_images_are(small, tmp_path, flat, manual_dir):
    folder = tmp_path / manual_dir if flat else tmp_path
    folder.mkdir(exist_ok=True)
    fake_files.write(folder, flat)
    splits = reader.read(None, tmp_path / manual_dir)
    assert list(splits) == ["train"]
    found = listing(splits["train"])
    assert found == fake_files.IMAGES
    assert list(found) == list(fake_files.IMAGES)


def test_flat_layout_may_be_the_folder_of_that_name(small, tmp_path):
    (tmp_path / "KDEF").mkdir()
    fake_files.write(tmp_path / "KDEF", flat=True)
    found = listing(reader.read(None, tmp_path)["train"])
    assert found == fake_files.IMAGES


def test_averaged_faces_beside_the_folder_are_not_read(tree):
    averaged = tree.with_name("AKDEF") / "FAFFL.JPG"
    averaged.parent.mkdir()
    averaged.write_bytes(fake_files.jpeg("afraid"))
    _, (warning,) = read_warned(tree.parent)
    assert averaged.name not in warning


def test_order_is_that_of_names_and_not_of_folders(tree):
    (tree / "AF01").rename(tree / "ZZ")
    assert listing(reader.read(None, tree)["train"]) == fake_files.IMAGES


def test_types_are_as_promised(tree):
    columns = reader.read(None, tree)["train"]
    images = columns.pop("image")
    assert all(isinstance(path, pathlib.Path) for path in images)
    types = {name: array.dtype.str[1:] for name, array in columns.items()}
    assert types == {
        "label": "i8",
        "subject": "U3",
        "session": "U1",
        "angle": "U2",
        "row": "i8",
    }


def test_left_out_images_are_named_in_one_warning(tree):
    _, (warning,) = read_warned(tree)
    assert "2 images are left out" in warning
    names = warning.rpartition("JPG: ")[2]
    assert names == "AF31/AF31V.JPG, AM31/AM31H.JPG"


@pytest.mark.parametrize(
    "name",
    [
        "CF01ANS.JPG",
        "AX01ANS.JPG",
        "AF1ANS.JPG",
        "AF001ANS.JPG",
        "AF٠١ANS.JPG",
        "AF01XXS.JPG",
        "AF01AN.JPG",
        "AF01ANV.JPG",
        "AF01ANSL.JPG",
        "AF01ANS (1).JPG",
        "xAF01ANS.JPG",
        "AF01ANS.JPEG",
        "AF01ANS.png",
        "FANS.JPG",
    ],
)
def test_malformed_name_is_left_out_and_named(tree, name):
    (tree / "BM35" / name).write_bytes(fake_files.jpeg("angry"))
    columns, (warning,) = read_warned(tree)
    assert "3 images are left out" in warning
    assert f"BM35/{name}" in warning
    images = [path.name for path in columns["image"]]
    assert images == list(fake_files.IMAGES)


def test_missing_and_extra_images_are_named_in_one_warning(tree):
    (tree / "BM35" / "BM35SUS.JPG").rename(tree / "BM36SUS.JPG")
    columns, (_, warning) = read_warned(tree)
    assert "7 images, where the published set has 7" in warning
    assert "1 missing: BM35SUS.JPG; " in warning
    assert warning.endswith("1 not in that set: BM36SUS.JPG")
    assert columns["subject"][-1] == "M36"


def test_few_images_are_counted_against_all_published(tmp_path):
    fake_files.write(tmp_path)
    _, (_, warning) = read_warned(tmp_path)
    assert "7 images, where the published set has 4900" in warning
    assert "4893 missing: AF01AFFL.JPG, AF01AFFR.JPG" in warning
    assert warning.endswith(" and 4883 more")


def test_published_set_is_read_whole_and_without_warning(tmp_path):
    for name in sorted(reader.PUBLISHED, reverse=True):
        (tmp_path / name).write_bytes(fake_files.jpeg("neutral"))
    columns, messages = read_warned(tmp_path)
    assert not messages
    np.testing.assert_array_equal(columns["row"], np.arange(4900))
    np.testing.assert_array_equal(np.bincount(columns["label"]), [700] * 7)
    assert sum(columns["angle"] == "S") == 980
    subjects, counts = np.unique(columns["subject"], return_counts=True)
    assert len(subjects) == 70
    assert set(counts) == {70}
    # Women and men of session A, then those of B.
    blocks = np.char.add(columns["session"], columns["subject"].astype("U1"))
    np.testing.assert_array_equal(
        blocks, np.repeat(["AF", "AM", "BF", "BM"], 1225)
    )


@pytest.mark.parametrize("second", ["AF02/AF01ANS.JPG", "AF01/af01ans.jpg"])
def test_two_files_of_one_image_are_both_named(tree, second):
    (tree / "AF02").mkdir()
    (tree / second).write_bytes(fake_files.jpeg("angry"))
    with pytest.raises(
        ValueError, match="each image once.*Received: "
    ) as error:
        reader.read(None, tree)
    received = str(error.value).rpartition("Received: ")[2]
    assert sorted(received.split(", ")) == sorted(["AF01/AF01ANS.JPG", second])


@pytest.mark.parametrize(
    "change, fault",
    [
        (lambda content: b"", "empty"),
        (lambda content: content[:-2], "cut short or damaged"),
        (
            lambda content: cv2.imencode(".bmp", np.zeros((9, 9)))[1].tobytes(),
            "no JPEG",
        ),
    ],
)
def test_broken_file_is_named(tree, change, fault):
    path = tree / "AF01" / "AF01ANS.JPG"
    path.write_bytes(change(path.read_bytes()))
    message = f"whole JPEG.* Received: 1 {fault}: AF01/AF01ANS.JPG$"
    with pytest.raises(ValueError, match=message):
        reader.read(None, tree)


def test_empty_folder_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="Download.*Received: 0 images"):
        reader.read(None, tmp_path)


def test_missing_folder_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere: .*Download"):
        reader.read(None, tmp_path / "nowhere")


def test_folder_of_other_images_is_refused(tmp_path):
    (tmp_path / "train_00001.jpg").write_bytes(fake_files.jpeg("sad"))
    message = "Received: 1 images, none so named"
    with pytest.raises(FileNotFoundError, match=message):
        reader.read(None, tmp_path)


def test_config_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no configs. Received: config='x'"):
        reader.read("x", tmp_path)


def test_published_files_are_the_published_set_but_for_two_names(real):
    columns, messages = real
    assert len(columns["image"]) == 4898
    left_out, differences = messages
    assert left_out.endswith("JPG: AF31/AF31V.JPG, AM31/AM31H.JPG")
    assert differences.endswith("2 missing: AF31SAHL.JPG, AM31SUHR.JPG")
