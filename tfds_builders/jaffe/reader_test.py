"""Tests of reading JAFFE."""

import os
import pathlib

import cv2
import numpy as np
import pytest

from tfds_builders.jaffe import fake_files, reader
from tfds_builders.testing import told

pytestmark = pytest.mark.filterwarnings("ignore:.* images are left out")
GREY = fake_files.face("anger")
COLOURS = np.stack([GREY, GREY // 2, GREY], axis=-1)


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(reader, "PUBLISHED", fake_files.PUBLISHED)


@pytest.fixture
def folder(small, tmp_path):
    """The folder `jaffe` of a small set whose images are all published."""
    fake_files.write(tmp_path / "jaffe")
    return tmp_path / "jaffe"


@pytest.fixture
def real():
    folder = pathlib.Path(os.environ.get("FERKERAS_MANUAL_DIR", ""))
    if not (folder / reader.FOLDER).is_dir():
        pytest.skip(
            "set FERKERAS_MANUAL_DIR to the folder that holds the folder "
            f"{reader.FOLDER}"
        )
    return read_warned(folder)


def rows_of(columns):
    """Row, label and subject of each image, as in `fake_files.IMAGES`."""
    label = [reader.CLASS_NAMES[label] for label in columns["label"]]
    return list(zip(columns["row"], label, columns["subject"], strict=True))


def read_warned(folder):
    """What was read, and the warnings."""
    columns, texts = told(reader.read, None, folder)
    return columns["train"], texts


@pytest.mark.parametrize(
    "place, manual_dir", [(".", "."), ("jaffe", "."), ("jaffe", "jaffe")]
)
def test_names_say_what_the_images_are(small, tmp_path, place, manual_dir):
    fake_files.write(tmp_path / place)
    splits = reader.read(None, tmp_path / manual_dir)
    assert list(splits) == ["train"]
    assert rows_of(splits["train"]) == list(fake_files.IMAGES.values())


def test_order_is_that_of_names_and_not_of_folders(folder):
    (folder / "0").mkdir()
    path = folder / "ym.su3.60.tiff"
    path.rename(folder / "0" / path.name)
    columns = reader.read(None, folder)["train"]
    assert rows_of(columns) == list(fake_files.IMAGES.values())


def test_pixels_are_those_of_the_files(folder):
    columns = reader.read(None, folder)["train"]
    faces = [
        fake_files.face(label, row)
        for row, label, _ in fake_files.IMAGES.values()
    ]
    np.testing.assert_array_equal(
        columns["image"], np.stack(faces)[..., None], strict=True
    )


def test_types_are_as_promised(folder):
    columns = reader.read(None, folder)["train"]
    types = {name: array.dtype.str[1:] for name, array in columns.items()}
    assert types == {"image": "u1", "label": "i8", "subject": "U2", "row": "i8"}


@pytest.mark.parametrize(
    "content",
    [
        fake_files.tiff(GREY, cv2.IMWRITE_TIFF_COMPRESSION_LZW),
        fake_files.tiff(np.dstack([GREY] * 3)),
        fake_files.tiff(np.dstack([GREY] * 4)),
        fake_files.tiff(GREY.astype(np.uint16) * 257),
    ],
    ids=["compressed", "three equal channels", "transparency", "16 bits"],
)
def test_other_forms_of_the_same_pixels_are_read(folder, content):
    (folder / "KA.AN1.39.tiff").write_bytes(content)
    columns = reader.read(None, folder)["train"]
    np.testing.assert_array_equal(columns["image"][0, ..., 0], GREY)


def test_left_out_images_are_named_in_one_warning(folder):
    _, (warning,) = read_warned(folder)
    assert "2 images are left out" in warning
    names = warning.rpartition("form KA.AN1.39.tiff: ")[2]
    assert names == "KA.HA.29.tiff, KM.SU1.14.tif"


@pytest.mark.parametrize(
    "name",
    [
        "KA.XX1.39.tiff",
        "KA.AN.39.tiff",
        "KA.AN12.39.tiff",
        "KA.AN١.39.tiff",
        "KA.AN1.tiff",
        "KA.AN1.039.tiff",
        "KA.AN1.39 (1).tiff",
        "KAA.AN1.39.tiff",
        "K.AN1.39.tiff",
        "KA-AN1-39.tiff",
        "KA.AN1.39.jpg",
        "KA.AN1.39.tiff.bmp",
    ],
)
def test_malformed_name_is_left_out_and_named(folder, name):
    (folder / name).write_bytes(fake_files.tiff(GREY))
    columns, (warning,) = read_warned(folder)
    assert "3 images are left out" in warning
    assert name in warning
    assert len(columns["image"]) == 7


def test_missing_and_extra_images_are_named_in_one_warning(folder):
    (folder / "ym.su3.60.tiff").rename(folder / "ZZ.SU9.999.tiff")
    columns, (_, warning) = read_warned(folder)
    assert "7 images, where the published set has 7" in warning
    assert "1 missing: YM.SU3.60.TIFF; " in warning
    assert warning.endswith("1 not in that set: ZZ.SU9.999.TIFF")
    assert columns["subject"][-1] == "ZZ"


def test_few_images_are_counted_against_all_published(tmp_path):
    fake_files.write(tmp_path)
    _, (_, warning) = read_warned(tmp_path)
    assert "7 images, where the published set has 213" in warning
    assert "206 missing: KA.AN2.40.TIFF, KA.AN3.41.TIFF" in warning
    assert warning.endswith(" and 196 more")


@pytest.mark.parametrize(
    "names",
    [
        # The first and last number of each person, and those with a fourth
        # take or beside a number not used, from public lists.
        "KM.NE1.1 KM.HA4.7 KM.SA1.9 KM.SA3.11 KM.SA5.13 KM.DI1.20 KM.DI3.22",
        "KM.FE3.25 KA.NE1.26 KA.HA4.32 KA.AN1.39 KA.FE4.48 YM.NE1.49",
        "YM.SU3.60 YM.FE4.70 KR.NE1.71 KR.HA2.75 KR.SA1.77 KR.FE3.91",
        "NM.NE1.92 NM.DI1.107 NM.DI3.109 NM.FE3.112 MK.NE1.113 MK.FE3.133",
        "UY.NE1.134 UY.FE3.154 KL.NE1.155 KL.AN1.167 KL.DI4.173 KL.FE3.176",
        "TM.NE1.177 TM.HA3.182 TM.SA1.184 TM.FE3.198 NA.NE1.199 NA.FE3.219",
    ],
)
def test_published_names_are_those_of_public_lists(names):
    assert {f"{name}.TIFF" for name in names.split()} <= reader.PUBLISHED


def test_published_set_is_read_whole_and_without_warning(tmp_path):
    content = fake_files.tiff(GREY, cv2.IMWRITE_TIFF_COMPRESSION_LZW)
    for name in sorted(reader.PUBLISHED, reverse=True):
        (tmp_path / name).write_bytes(content)
    columns, messages = read_warned(tmp_path)
    assert not messages
    check_published(columns)


def check_published(columns):
    assert columns["image"].shape == (213, 256, 256, 1)
    np.testing.assert_array_equal(columns["row"], np.arange(213))
    np.testing.assert_array_equal(
        np.bincount(columns["label"]), [30, 29, 32, 31, 30, 31, 30]
    )
    subjects, counts = np.unique(columns["subject"], return_counts=True)
    assert subjects.tolist() == "KA KL KM KR MK NA NM TM UY YM".split()
    assert counts.tolist() == [23, 22, 22, 20, 21, 21, 20, 21, 21, 22]


@pytest.mark.parametrize("second", ["copy/KA.AN1.39.tiff", "ka.an1.39.TIFF"])
def test_two_files_of_one_image_are_both_named(folder, second):
    (folder / "copy").mkdir()
    (folder / second).write_bytes(fake_files.tiff(GREY))
    with pytest.raises(
        ValueError, match="each image once.*Received: "
    ) as error:
        reader.read(None, folder)
    received = str(error.value).rpartition("Received: ")[2]
    assert sorted(received.split(", ")) == sorted(["KA.AN1.39.tiff", second])


@pytest.mark.parametrize(
    "content, fault",
    [
        (b"", "empty"),
        (cv2.imencode(".png", GREY)[1].tobytes(), "no TIFF"),
        (fake_files.tiff(GREY)[:8], "cut short, damaged or a TIFF .*"),
        (fake_files.tiff(GREY)[:40000], "cut short, damaged or a TIFF .*"),
        (fake_files.tiff(GREY.astype(np.uint16)), "nearly black"),
        (
            fake_files.tiff(GREY.astype(np.float32)),
            "of floating-point numbers of 32 bits",
        ),
        (fake_files.tiff(GREY[:-1]), "not of 256 x 256 pixels"),
        (fake_files.tiff(COLOURS), "not grey"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_broken_file_is_named(folder, content, fault):
    (folder / "KM.NE1.1.tiff").write_bytes(content)
    message = f"whole grey TIFF.* Received: 1 {fault}: KM.NE1.1.tiff$"
    with pytest.raises(ValueError, match=message):
        reader.read(None, folder)


def test_empty_folder_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="Ask for.*Received: 0 images"):
        reader.read(None, tmp_path)


def test_missing_folder_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere: .*Ask for"):
        reader.read(None, tmp_path / "nowhere")


def test_folder_of_other_images_is_refused(tmp_path):
    (tmp_path / "AF01ANS.tiff").write_bytes(fake_files.tiff(GREY))
    message = "Received: 1 images, none so named"
    with pytest.raises(FileNotFoundError, match=message):
        reader.read(None, tmp_path)


def test_config_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no configs. Received: config='x'"):
        reader.read("x", tmp_path)


def test_published_files_are_the_published_set(real):
    columns, messages = real
    assert not messages
    check_published(columns)
