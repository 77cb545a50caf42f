"""Layouts and names of people's folders of images, and what is refused."""

import os
import shutil
import unicodedata

import numpy as np
import pytest

from ferkeras.runs.score_files import read_confusion, write_confusion
from reproductions.commands.own_images import read_own
from tests import files
from tests.commands.desk import PNG, count, two_classes, write
from tests.files import FORMATS, GREY, saved

pytestmark = pytest.mark.any_backend


@pytest.fixture
def folder(tmp_path):
    return two_classes(tmp_path / "desk")


@pytest.mark.parametrize("suffix", [*FORMATS, ".WEBP", ".Jpg", ".pgm", ""])
def test_every_format_is_trained_on(folder, suffix):
    name = {".pgm": ".ppm", "": ".jpg"}.get(suffix, suffix.lower())
    write(folder, {f"train/happy/a{suffix}": saved(GREY, name)})
    faces = read_own("own/desk", folder).faces("train")
    assert faces.labels.tolist() == [0, 0, 1]
    pixels = faces.resized(40).images
    assert np.abs(pixels[0].astype(int) - pixels[1]).mean() < 6


@pytest.mark.parametrize(
    "name", ["val", "valid", "Validation", "DEV", "val_set"]
)
def test_the_usual_names_of_splits_are_known(folder, name):
    write(folder, [f"{name}/happy/0.png"])
    (folder / "train").rename(folder / "Training Set")
    (folder / "test").rename(folder / "TEST")
    source = read_own("own/desk", folder)
    assert source.splits == ("train", "validation", "test")
    assert len(source.faces("validation").labels) == 1


@pytest.mark.parametrize(
    "names, message",
    [
        (
            ["holdout/happy/0.png"],
            "holdout holds images, and its name means no",
        ),
        (
            ["happy/0.png"],
            "desk/happy holds images, and its name means no split",
        ),
        (
            ["val/sad/0.png", "valid/sad/0.png"],
            "val and .*valid both mean valid",
        ),
        (["train/Happy/1.png"], "train/happy and .*train/Happy mean one class"),
        (["train/sad /1.png"], "sad and .*sad  mean one class"),
        (["train/1.png"], "train has images of no class: 1.png"),
        (["1.png"], "desk has images of no class: 1.png"),
        (
            ["test/glad/1.png"],
            "test has classes without images to train on: glad",
        ),
        (
            ["validation.zip"],
            "validation.zip is an archive in place of a folder",
        ),
        (
            ["train/glad.tar.gz"],
            "glad.tar.gz is an archive in place of a folder",
        ),
        (
            ["train/glad/1.HEIC"],
            "glad/1.HEIC and what is beside it is not read",
        ),
        (
            {"train/sad/1.jpg": files.HEIC},
            "1 no image but HEIC: train/sad/1.jpg",
        ),
        ({"train/sad/1.jpg": files.PAGE}, "a web page: train/sad/1.jpg"),
        ({"test/sad/1.webp": b""}, "1 empty: test/sad/1.webp"),
        ({"test/sad/1.png": PNG[:-9]}, "cut short or damaged: test/sad/1.png"),
        (
            {"train/sad/1.tif": saved(GREY.astype(np.float32), ".tif")},
            "floating-point numbers of 32 bits: train/sad/1.tif",
        ),
        (
            {"train/sad/1.png": files.png(60_000, 60_000)},
            "1 of over 178,956,970 pixels: train/sad/1.png",
        ),
    ],
)
def test_what_would_be_guessed_is_refused_by_name(folder, names, message):
    write(folder, names)
    with pytest.raises(ValueError, match=message) as error:
        read_own("own/desk", folder)
    assert str(error.value).isprintable()


@pytest.mark.parametrize("place", ["desk", "my photos/desk", "a/b/c"])
def test_a_folder_in_a_folder_is_found(folder, tmp_path, place):
    (tmp_path / "up" / place).parent.mkdir(parents=True)
    folder.rename(tmp_path / "up" / place)
    write(tmp_path / "up", ["__MACOSX/._desk"])
    assert count(tmp_path / "up") == 2


def test_a_split_may_be_packed_in_itself(folder):
    (folder / "train").rename(folder / "x")
    (folder / "train").mkdir()
    (folder / "x").rename(folder / "train" / "train")
    assert count(folder) == 2


@pytest.mark.parametrize("place", ["", "train"])
@pytest.mark.parametrize(
    "name, message",
    [("0.png", "images of no class: 0.png"), ("fear.zip", "is an archive")],
)
def test_what_lies_beside_a_packed_folder_is_not_lost(
    folder, tmp_path, place, name, message
):
    packed = tmp_path / "up" / place / (place or "desk")
    packed.parent.mkdir(parents=True)
    if place:
        folder.rename(tmp_path / "x")
        (tmp_path / "x" / "train").rename(packed)
        (tmp_path / "x" / "test").rename(tmp_path / "up" / "test")
    else:
        folder.rename(packed)
        name = name.replace("fear", "test")
    assert count(tmp_path / "up") == 2
    write(tmp_path / "up", [f"{place}/{name}".strip("/")])
    with pytest.raises(ValueError, match=message):
        read_own("own/desk", tmp_path / "up")


@pytest.mark.parametrize("name", ["desk.zip", "test.zip"])
def test_an_archive_in_place_of_the_folder_is_named(folder, name):
    path = folder.parent / name if name == "desk.zip" else folder
    shutil.rmtree(folder / "test")
    write(folder.parent, [name, f"desk/{name}"])
    with pytest.raises(FileNotFoundError, match=f"{name}|Unpack {name} first"):
        read_own("own/desk", path)


def test_classes_are_one_in_whatever_form_their_names_are_stored(folder):
    for split, form in (("train", "NFC"), ("test", "NFD")):
        name = unicodedata.normalize(form, "fröhlich")
        (folder / split / "happy").rename(folder / split / name)
    (folder / "test/sad").rename(folder / "test/SAD")
    source = read_own("own/desk", folder)
    assert source.class_names == ("fröhlich", "sad")
    assert source.faces("test").labels.tolist() == [0, 1]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_may_be_long_and_of_any_letters(folder, form):
    name = unicodedata.normalize(form, "Fröhliche 顔 😀 ' \" & 100 %")
    write(folder, [f"train/sad/{name}.png", f"train/sad/{'x' * 250}.png"])
    assert count(folder) == 4


def test_a_name_that_is_no_text_is_escaped(folder):
    (folder / "train/sad" / os.fsdecode(b"\xff.png")).write_bytes(b"")
    with pytest.raises(ValueError, match=r"train/sad/\\udcff.png"):
        read_own("own/desk", folder)
    (folder / "train/sad").rename(folder / "train" / os.fsdecode(b"\xff"))
    with pytest.raises(ValueError, match="a class's name must be text"):
        read_own("own/desk", folder)


def test_names_that_differ_in_case_are_two_images(folder):
    write(folder, ["train/sad/A.png", "train/sad/a.png", "train/sad/a.PNG"])
    assert count(folder) == 5


def test_classes_may_have_any_name_in_a_record(tmp_path):
    matrix = np.array([[3, 1], [0, 4]])
    write_confusion(tmp_path / "a.csv", matrix, ['happy, "very"', "sad\n"])
    assert (read_confusion(tmp_path / "a.csv") == matrix).all()
