"""Tests of finding and checking the files of trees of images."""

import re
import warnings

import cv2
import numpy as np
import pytest

from tfds_builders import image_files

FORM = re.compile(r"([AB])([0-9]{2})\.JPG")


def noise(shape):
    return np.random.default_rng(0).integers(0, 256, shape, np.uint8)


def encoded(suffix, shape, *options):
    return cv2.imencode(suffix, noise(shape), options)[1].tobytes()


BMP = encoded(".bmp", (40, 40))
JPEG = encoded(".jpg", (258, 3))
FILES = {
    "A00.PNG": encoded(".png", (3, 5)),
    "z/y/a01.jpg": JPEG,
    "b/A02.JPG": JPEG,
    "b/B1.jpeg": b"",
    "B10.jpg": JPEG,
}
PASSED_OVER = (
    "b/._A03.JPG",
    ".b/A04.JPG",
    "b/A05.JPG.part",
    "@eaDir/B10.jpg/SYNOPHOTO_THUMB_XL.jpg",
    "b/B10_label.TXT",
)


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
    passed_over, left_out = messages
    assert passed_over == (
        f"{tree}: 3 side files of systems and programs, passed over: .b, "
        "@eaDir, b/._A03.JPG; 1 backups or unfinished copies, passed over: "
        "b/A05.JPG.part"
    )
    assert left_out == (
        f"{tree}: 2 images are left out, as their names are not of the form "
        "A01.jpg: A00.PNG, b/B1.jpeg"
    )


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
    (tree / second).write_bytes(JPEG)
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
    (tree / "B10.jpg").write_bytes(JPEG[:-1])
    with pytest.raises(ValueError) as error:
        check_whole(tree, FILES)
    assert str(error.value) == (
        f"{tree}: expected whole image files. Ask for it. Received: "
        "2 empty: A00.PNG, b/B1.jpeg; 1 cut short or damaged: B10.jpg"
    )


@pytest.mark.parametrize(
    "kind, content, fault",
    [
        ("JPEG", b"", "empty"),
        ("JPEG", JPEG[:-1], "cut short or damaged"),
        ("JPEG", b"\xff\xd8\xff\xfe\x00\x02\xff\xd9", "cut short or damaged"),
        ("JPEG", FILES["A00.PNG"], "no JPEG"),
        ("JPEG", BMP, "no JPEG"),
        ("JPEG", b"<html>", "no image but a web page"),
        ("PNG", FILES["A00.PNG"][:8], "cut short or damaged"),
        ("PNG", JPEG, "no PNG"),
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


@pytest.mark.parametrize("suffix, kind", [(".jpg", "JPEG"), (".bmp", "BMP")])
def test_a_picture_has_its_kind_and_size(tmp_path, suffix, kind):
    path = tmp_path / f"A{suffix}"
    path.write_bytes(encoded(suffix, (7, 300, 3)))
    assert image_files.probe(path) == (None, kind, (7, 300), False)


def test_a_fault_has_no_size(tmp_path):
    (tmp_path / "A.png").write_bytes(FILES["A00.PNG"][:-9])
    assert image_files.probe(tmp_path / "A.png") == (
        "cut short or damaged",
        "",
        (0, 0),
        False,
    )


def test_images_that_come_out_nearly_black_are_named(tree, messages):
    (tree / "A00.PNG").write_bytes(
        cv2.imencode(".png", np.full((9, 9), 4095, np.uint16))[1].tobytes()
    )
    check_whole(tree, ["A00.PNG", "B10.jpg"])
    (message,) = messages
    assert message.startswith(f"{tree}: 1 images of 16 bits use 14 of them")
    assert message.endswith(": A00.PNG")


def test_names_that_no_terminal_shows_are_escaped():
    names = ["a\nb.jpg", "\udcff.jpg", "é.jpg"]
    assert image_files.listed(names) == r"'a\nb.jpg', '\udcff.jpg', é.jpg"
