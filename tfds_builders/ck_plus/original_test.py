"""Tests of CK+ as published: its images and emotion files."""

import shutil

import pytest

from tfds_builders.ck_plus import fake_files, original, reader
from tfds_builders.testing import told

PEAK = "S005/001/S005_001_00000006"
IMAGE = f"{PEAK}.png"
LABEL = f"{PEAK}_emotion.txt"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A small set whose sequences are all published."""
    monkeypatch.setattr(reader, "PUBLISHED", fake_files.PUBLISHED)
    fake_files.write_original(tmp_path)
    return tmp_path


@pytest.fixture
def images(folder):
    return folder / original.IMAGES


@pytest.fixture
def labels(folder):
    return folder / original.LABELS


def read(folder, config="mohana2023"):
    """Frames of the first sequence, how many there are, and the warnings."""
    splits, messages = told(reader.read, config, folder)
    columns = splits["train"]
    first = columns["frame"][columns["subject"] == "S005"]
    return first.tolist(), len(columns["frame"]), messages


def fill(folder, subject, sequence, numbers):
    """Write images of a sequence, the last numbers first."""
    for number in reversed(numbers):
        name = fake_files.image_name(subject, sequence, number)
        path = folder / subject / sequence / name
        path.write_bytes(fake_files.png("disgust", False, number))


def test_sequences_without_emotion_file_are_unlabelled(folder, labels):
    columns = reader.read("mohana2023_neutral", folder)["train"]
    keys = set(zip(columns["subject"], columns["sequence"], strict=True))
    assert keys == set(fake_files.SEQUENCES)
    # One has an empty folder, the other none.
    assert not list((labels / "S010" / "001").iterdir())
    assert not (labels / "S011" / "002").exists()


def test_frames_are_the_last_by_number(folder, images, labels):
    shutil.rmtree(images / "S005" / "001")
    (images / "S005" / "001").mkdir()
    fill(images, "S005", "001", (2, 8, 9, 10, 11, 99, 100))
    (labels / LABEL).rename(
        (labels / LABEL).with_name("S005_001_00000100_emotion.txt")
    )
    first, _, messages = read(folder)
    assert first == [10, 11, 99, 100]
    assert read(folder, "mohana2023_neutral")[0] == [2, 10, 11, 99, 100]
    assert not messages


def test_folders_are_not_looked_at(folder, images, labels):
    (images / "S005").rename(images / "x")
    (labels / LABEL).rename(labels / LABEL.rpartition("/")[2].upper())
    assert read(folder) == ([3, 4, 5, 6], 28, [])


@pytest.mark.parametrize(
    "content",
    ["3", "3.0000000e+00", "   3.0000000e+00", "\n\n \t3.0\r\n\n", "3\n"],
)
def test_blanks_and_newlines_about_a_label_do_not_matter(
    folder, labels, content
):
    (labels / LABEL).write_text(content)
    assert read(folder)[0] == [3, 4, 5, 6]


@pytest.mark.parametrize(
    "content",
    [
        "   0.0000000e+00\n",
        "8.0",
        "-1",
        "3.5",
        "nan",
        "inf",
        "",
        "\n",
        "disgust",
        "3.0 4.0",
        "3.0\n4.0\n",
        "٣",
    ],
)
def test_other_labels_are_refused(folder, labels, content):
    (labels / LABEL).write_text(content)
    message = "00000006_emotion.txt: expected one of the numbers 1 to 7"
    with pytest.raises(ValueError, match=f"{message}.*Received: '"):
        read(folder)


@pytest.mark.parametrize(
    "second",
    [
        "S005/001/S005_001_00000005_emotion.txt",
        "S006/S005_001_00000006_emotion.txt",
    ],
)
def test_two_emotion_files_of_a_sequence_are_both_named(folder, labels, second):
    (labels / second).parent.mkdir(exist_ok=True)
    (labels / second).write_text("3.0")
    with pytest.raises(ValueError, match="one emotion file.*: ") as error:
        read(folder)
    received = str(error.value).rpartition("Received: ")[2].split(", ")
    assert sorted(received) == sorted([LABEL, second])


def test_frames_after_the_labelled_one_are_left_out_and_named(folder, images):
    fill(images, "S005", "001", (7, 8))
    first, number, (warning,) = read(folder)
    assert first == [3, 4, 5, 6]
    assert number == 28
    assert "1 sequences go on after their labelled frame" in warning
    assert warning.endswith(": S005_001")


@pytest.mark.parametrize("later", [(), (7,)])
def test_missing_labelled_frame_is_named(folder, images, later):
    fill(images, "S005", "001", later)
    (images / IMAGE).unlink()
    message = "labelled one the last.*Received: S005_001 has no frame 6$"
    with pytest.raises(ValueError, match=message):
        read(folder)


@pytest.mark.parametrize(
    "config, kept",
    [
        ("mohana2023", 4),
        ("mohana2023_neutral", 4),
        ("falahzadeh2021", 3),
        ("falahzadeh2021_peak", 1),
    ],
)
def test_the_neutral_frame_is_never_a_peak(folder, images, config, kept):
    for number in range(2, 6 - kept + 1):
        name = fake_files.image_name("S005", "001", number)
        (images / "S005" / "001" / name).unlink()
    first, _, messages = read(folder, config)
    assert not messages
    assert first[-kept:] == list(range(7 - kept, 7))
    (images / "S005" / "001" / "S005_001_00000001.png").unlink()
    message = f"at least {kept + 1} frames.*Received: S005_001 has {kept}$"
    with pytest.raises(ValueError, match=message):
        read(folder, config)


def test_labels_without_images_are_named(folder, images, monkeypatch):
    shutil.rmtree(images / "S005")
    first, number, (without, count) = read(folder)
    assert (first, number) == ([], 24)
    assert without.endswith("1 emotion files have no images: S005_001")
    assert count.endswith("6 labelled sequences, where the published set has 7")


def test_only_unlabelled_images_are_refused(folder, images):
    for path in images.iterdir():
        if path.name != "S011":
            shutil.rmtree(path)
    shutil.rmtree(images / "S011" / "003")
    message = "images of labelled sequences.*Received: images of 1 others"
    with pytest.raises(FileNotFoundError, match=message):
        read(folder)


@pytest.mark.parametrize(
    "name",
    [
        "S005_001_0000006.png",
        "S005_001_000000006.png",
        "S005_001_0000000٦.png",
        "S005_01_00000006.png",
        "s05_001_00000006.png",
        "S005_001_00000006 (1).png",
        "S005_001_00000006.jpg",
        "xS005_001_00000006.png",
        "S005_001.png",
    ],
)
def test_malformed_name_is_left_out_and_named(folder, images, name):
    shutil.copy(images / IMAGE, images / "S005" / "001" / name)
    first, number, (warning,) = read(folder)
    assert (first, number) == ([3, 4, 5, 6], 28)
    assert "1 images are left out, as their names are not of" in warning
    assert warning.endswith(f"S005_001_00000011.png: S005/001/{name}")


def test_malformed_name_of_an_emotion_file_is_left_out_and_named(
    folder, labels
):
    (labels / LABEL).rename(labels / "S005_001_emotion.txt")
    first, number, (warning, count) = read(folder)
    assert (first, number) == ([], 24)
    assert warning.endswith("_emotion.txt: S005_001_emotion.txt")
    assert "6 labelled sequences" in count


@pytest.mark.parametrize("second", ["S006/" + IMAGE[9:], IMAGE.lower()])
def test_two_files_of_one_image_are_both_named(folder, images, second):
    (images / second).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(images / IMAGE, images / second)
    with pytest.raises(ValueError, match="each image once.*: ") as error:
        read(folder)
    received = str(error.value).rpartition("Received: ")[2].split(", ")
    assert sorted(received) == sorted([IMAGE, second])


@pytest.mark.parametrize(
    "gone, message",
    [
        (original.IMAGES, "images: expected images .*Received: 0 images"),
        (original.LABELS, "Emotion: expected emotion .*Received: 0 emotion"),
    ],
)
def test_missing_folder_is_named(folder, gone, message):
    shutil.rmtree(folder / gone)
    with pytest.raises(FileNotFoundError, match=message):
        read(folder)
