"""Tests of finding and checking the files of trees of images."""

import re
import warnings

import cv2
import numpy as np
import pytest

from tfds_builders import image_files

FORM = re.compile(r"([AB])([0-9]{2})\.JPG")
# A start marker, a frame of 258 x 3 pixels (height x width), an end marker.
SMALL = b"\xff\xd8\xff\xc0\x00\x0b\x08\x01\x02\x00\x03\x01\x01\x11\x00\xff\xd9"
SHAPES = [(7, 300, 3), (300, 7, 3), (257, 256)]


def noise(shape):
    return np.random.default_rng(0).integers(0, 256, shape, np.uint8)


def encoded(suffix, shape, *options):
    return cv2.imencode(suffix, noise(shape), options)[1].tobytes()


BMP = encoded(".bmp", (40, 40))
FILES = {
    "A00.PNG": encoded(".png", (3, 5)),
    "z/y/a01.jpg": SMALL,
    "b/A02.JPG": SMALL,
    "b/B1.jpeg": b"",
    "B10.jpg": SMALL,
}
PASSED_OVER = ("b/._A03.JPG", ".b/A04.JPG", "b/A05.JPG.part", "b/B10_label.TXT")


@pytest.fixture
def tree(tmp_path):
    """A folder of images in the order of their names, and of other files."""
    for name, content in (FILES | dict.fromkeys(PASSED_OVER, b"")).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (tmp_path / "A06.JPG").mkdir()
    return tmp_path


@pytest.fixture
def messages():
    """The texts of the warnings of a test."""
    texts = []
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = lambda message, *_: texts.append(str(message))
        yield texts


def find_named(root):
    return image_files.find_named(root, FORM, "A01.jpg", "Ask for it.")


def check_whole(root, names, kind=None):
    paths = [root / name for name in names]
    return image_files.check_whole(paths, root, "Ask for it.", kind)


def test_images_of_all_folders_are_found_in_the_order_of_names(tree):
    assert image_files.find(tree) == [tree / name for name in FILES]


def test_other_files_are_found_by_the_end_of_their_names(tree):
    assert image_files.find(tree, ("label.txt",)) == [tree / PASSED_OVER[-1]]


def test_nothing_is_found_in_a_missing_folder(tmp_path):
    assert image_files.find(tmp_path / "nowhere") == []


def test_names_give_groups_and_rows_count_what_is_left_out(tree, messages):
    assert find_named(tree) == [
        (1, tree / "z/y/a01.jpg", ("A", "01")),
        (2, tree / "b/A02.JPG", ("A", "02")),
        (4, tree / "B10.jpg", ("B", "10")),
    ]
    assert messages == [
        f"{tree}: 2 images are left out, as their names are not of the form "
        "A01.jpg: A00.PNG, b/B1.jpeg"
    ]


def test_all_files_may_be_named_so(tmp_path, messages):
    (tmp_path / "A01.jpg").write_bytes(b"")
    assert len(find_named(tmp_path)) == 1
    assert not messages


def test_no_file_named_so_is_an_error(tree):
    with pytest.raises(FileNotFoundError) as error:
        image_files.find_named(
            tree, FORM, "A01.txt", "Ask for it.", "labels", (".txt",)
        )
    assert str(error.value) == (
        f"{tree}: expected labels with names such as A01.txt here. Ask for it. "
        "Received: 1 labels, none so named"
    )


@pytest.mark.parametrize("second", ["A02.JPG", "b/a02.jpg"])
def test_two_files_of_one_name_are_both_named(tree, second):
    (tree / second).write_bytes(SMALL)
    with pytest.raises(ValueError, match="each image once. Ask.*: ") as error:
        image_files.check_single(image_files.find(tree), tree, "Ask for it.")
    received = str(error.value).rpartition("Received: ")[2]
    assert sorted(received.split(", ")) == sorted(["b/A02.JPG", second])


def test_files_of_different_names_are_single(tree):
    image_files.check_single(image_files.find(tree), tree, "Ask for it.")


def test_whole_pictures_have_their_sizes(tree):
    assert check_whole(tree, ["A00.PNG", "B10.jpg"]) == {
        tree / "A00.PNG": (3, 5),
        tree / "B10.jpg": (258, 3),
    }


def test_broken_pictures_are_named_together_by_their_faults(tree):
    (tree / "A00.PNG").write_bytes(b"")
    (tree / "B10.jpg").write_bytes(SMALL[:-1])
    with pytest.raises(ValueError) as error:
        check_whole(tree, FILES)
    assert str(error.value) == (
        f"{tree}: expected whole picture files. Ask for it. Received: "
        "2 empty: A00.PNG, b/B1.jpeg; 1 cut short: B10.jpg"
    )


@pytest.mark.parametrize(
    "kind, content, fault",
    [
        ("JPEG", b"", "empty"),
        ("JPEG", SMALL[:-1], "cut short"),
        ("JPEG", b"\xff\xd8\xff\xfe\x00\x02\xff\xd9", "no picture"),
        ("JPEG", FILES["A00.PNG"], "no JPEG"),
        ("JPEG", FILES["A00.PNG"][:-1], "no JPEG"),
        ("JPEG", BMP, "no JPEG"),
        ("JPEG", b"<html>", "no JPEG"),
        ("PNG", b"", "empty"),
        ("PNG", FILES["A00.PNG"][:8], "cut short"),
        ("PNG", SMALL, "no PNG"),
    ],
)
def test_picture_must_be_of_the_kind(tree, kind, content, fault):
    (tree / "b/A02.JPG").write_bytes(content)
    message = f"whole {kind} files. .* Received: 1 {fault}: b/A02.JPG$"
    with pytest.raises(ValueError, match=message):
        check_whole(tree, ["b/A02.JPG"], kind)


def test_picture_of_the_kind_is_whole(tree):
    assert list(check_whole(tree, ["A00.PNG"], "PNG").values()) == [(3, 5)]
    assert list(check_whole(tree, ["B10.jpg"], "JPEG").values()) == [(258, 3)]


@pytest.mark.parametrize(
    "count, end", [(1, " 0"), (10, ", 8, 9"), (11, " 9 and 1 more")]
)
def test_many_names_are_cut_to_ten_and_a_count(messages, count, end):
    image_files.warn_of(list(range(count)), "here", "images are dark")
    (message,) = messages
    assert message.startswith(f"here: {count} images are dark: 0")
    assert message.endswith(end)
    assert message.count(",") == min(count, 10) - 1


def test_nothing_to_tell_is_no_warning(tmp_path, messages):
    same = image_files.name_differences({"a"}, {"a"})
    same += image_files.class_differences([0, 1, 1], ("sad", "happy"), (1, 2))
    image_files.warn_of_differences(same, tmp_path, "3 images", 3)
    image_files.warn_of([], tmp_path, "images are dark")
    assert not messages


def test_names_differ_in_both_directions(messages):
    differences = image_files.name_differences(set("dabx"), frozenset("abce"))
    image_files.warn_of_differences(differences, "here", "4 images", 4)
    assert messages == [
        "here: 4 images, where the published set has 4; "
        "2 missing: c, e; 2 not in that set: d, x"
    ]


def test_classes_differ_in_counts():
    differences = image_files.class_differences(
        [1, 1, 1, 0], ("sad", "happy", "neutral"), (1, 2, 3)
    )
    assert differences == "3 happy and not 2; 0 neutral and not 3"


@pytest.fixture
def probe(tmp_path):
    def probe(content):
        path = tmp_path / "picture"
        path.write_bytes(content)
        return image_files.probe(path)

    return probe


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "suffix, options, kind",
    [
        (".jpg", (), "JPEG"),
        (".jpg", (cv2.IMWRITE_JPEG_PROGRESSIVE, 1), "JPEG"),
        (".png", (), "PNG"),
        (".bmp", (), "other"),
        (".tiff", (), "other"),
    ],
)
def test_size_is_height_and_width(probe, suffix, options, kind, shape):
    picture = probe(encoded(suffix, shape, *options))
    assert picture == (None, kind, *shape[:2])


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_pixels_of_common_kinds_are_not_decoded(probe, monkeypatch, suffix):
    content = encoded(suffix, (9, 5, 3))
    monkeypatch.delattr(cv2, "imdecode")
    assert probe(content)[2:] == (9, 5)


def test_frame_of_a_jpeg_gives_height_first(probe):
    assert probe(SMALL) == (None, "JPEG", 258, 3)


@pytest.mark.parametrize(
    "segments",
    [
        # Application data that holds a frame, as EXIF thumbnails do.
        b"\xff\xe1\x00\x13" + SMALL[:-2] + b"\x00\x00",
        # Tables have markers among those of frames.
        b"\xff\xc4\x00\x05\x01\x02\x03",
        b"\xff\xcc\x00\x04\x01\x02",
        # Fill bytes.
        b"\xff\xff\xff",
        b"\xff\xfe\xff\xff" + bytes(65533),
    ],
)
def test_what_precedes_the_frame_is_walked_over(probe, segments):
    content = SMALL[:2] + segments + SMALL[2:]
    assert probe(content) == (None, "JPEG", 258, 3)


@pytest.mark.parametrize(
    "content, fault",
    [
        (b"", "empty"),
        (b"\xff\xd8", "cut short"),
        (SMALL[:-1], "cut short"),
        (SMALL[:9], "cut short"),
        (encoded(".jpg", (40, 40))[:-2], "cut short"),
        (encoded(".jpg", (40, 40))[:-2] + bytes(9), "cut short"),
        (encoded(".png", (40, 40))[:-2], "cut short"),
        (encoded(".png", (40, 40))[:16], "cut short"),
        (encoded(".png", (40, 40))[:900], "cut short"),
        (b"\xff\xd8\xff\xfe\x00\x02\xff\xd9", "no picture"),
        (b"<html>", "no picture"),
        (BMP[:40], "no picture"),
        # Sides of 2**30 pixels, which OpenCV refuses with an exception.
        (BMP[:18] + b"\0\0\0\x40" * 2 + BMP[26:], "no picture"),
    ],
)
def test_faults_are_told_and_have_no_size(probe, content, fault):
    picture = probe(content)
    assert picture.fault == fault
    assert picture[2:] == (0, 0)


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_bytes_after_the_end_marker_are_no_fault(probe, suffix):
    picture = probe(encoded(suffix, (9, 5)) + bytes(100))
    assert picture.fault is None
