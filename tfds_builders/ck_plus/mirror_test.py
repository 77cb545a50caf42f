"""Tests of the mirror CK+48."""

import shutil

import pytest

from tfds_builders.ck_plus import fake_files, mirror, reader
from tfds_builders.testing import told

IMAGE = "disgust/S005_001_00000005.png"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder `CK+48` of a small set."""
    monkeypatch.setattr(reader, "PUBLISHED", fake_files.PUBLISHED)
    fake_files.write_mirror(tmp_path)
    return tmp_path / mirror.FOLDER


def read(folder):
    """What was read, and the warnings."""
    columns, texts = told(reader.read, "ck48", folder)
    return columns["train"], texts


def test_folder_may_be_given_itself(folder):
    assert (read(folder)[0]["row"] == read(folder.parent)[0]["row"]).all()


def test_folders_may_be_in_other_case(folder):
    (folder / "anger").rename(folder / "Anger")
    assert len(read(folder)[0]["image"]) == 21


def test_order_is_that_of_names_and_not_of_folders(folder):
    columns, _ = read(folder)
    assert columns["subject"].tolist() == sorted(columns["subject"])


@pytest.mark.parametrize(
    "place, received",
    [
        ("disgusted", "S005_001 is in disgusted"),
        ("neutral", "S005_001 is in neutral"),
        (".", "S005_001 is in CK[+]48"),
    ],
)
def test_unknown_class_is_refused(folder, place, received):
    for number in (4, 5, 6):
        name = fake_files.image_name("S005", "001", number)
        (folder / place).mkdir(exist_ok=True)
        (folder / "disgust" / name).rename(folder / place / name)
    message = f"folders anger, contempt, .*Received: {received}$"
    with pytest.raises(ValueError, match=message):
        read(folder)


def test_sequence_in_two_classes_is_refused(folder):
    (folder / IMAGE).rename(folder / "fear" / IMAGE.partition("/")[2])
    message = "Received: S005_001 is in disgust and fear$"
    with pytest.raises(ValueError, match=message):
        read(folder)


def test_image_in_two_classes_is_refused(folder):
    shutil.copy(folder / IMAGE, folder / "fear")
    with pytest.raises(ValueError, match="each image once.*disgust/S.*fear/S"):
        read(folder)


def test_sequences_have_three_frames(folder):
    (folder / IMAGE).unlink()
    shutil.copy(
        folder / "fear" / "S011_003_00000005.png",
        folder / "fear" / "S011_003_00000006.png",
    )
    message = "3 frames in one .*Received: S005_001 has 2, S011_003 has 4$"
    with pytest.raises(ValueError, match=message):
        read(folder)


def test_malformed_name_is_left_out_and_named(folder):
    shutil.copy(folder / IMAGE, folder / "anger" / "1.png")
    columns, (warning,) = read(folder)
    assert warning.endswith("S005_001_00000011.png: anger/1.png")
    assert len(columns["image"]) == 21


def test_part_of_the_classes_is_counted(folder):
    shutil.rmtree(folder / "fear")
    columns, (warning,) = read(folder)
    assert len(columns["image"]) == 18
    assert "6 labelled sequences, where the published set has 7" in warning


def test_empty_folder_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="Ask for.*Received: 0 images"):
        read(tmp_path)


def test_missing_folder_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere: .*CK[+]48"):
        read(tmp_path / "nowhere")
