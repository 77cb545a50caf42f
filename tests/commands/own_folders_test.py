"""Folders of one's own images, as phones, programs and disks leave them."""

import contextlib
import os
import shutil
import socket
import tempfile
import unicodedata
import warnings
from pathlib import Path

import numpy as np
import pytest

from ferkeras.data import Datasets, open_dataset
from ferkeras.runs.score_files import read_confusion, write_confusion
from reproductions import __main__
from reproductions.commands import checked_files, prepare
from reproductions.commands.own_images import read_own
from tests import files
from tests.files import COLOURS, FORMATS, GREY, saved

pytestmark = pytest.mark.any_backend
PNG = saved(GREY, ".png")


def write(folder, names):
    for name in names if isinstance(names, dict) else dict.fromkeys(names, PNG):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(names[name] if isinstance(names, dict) else PNG)
    return folder


@pytest.fixture
def folder(tmp_path):
    """Two classes of one image each, in `train` and `test`."""
    places = (f"{x}/{y}" for x in ("train", "test") for y in ("happy", "sad"))
    return write(tmp_path / "desk", [f"{place}/0.png" for place in places])


def notes(folder):
    """What is told of a folder that is read, in its one line or none."""
    with (
        warnings.catch_warnings(record=True) as lines,
        prepare.told() as counts,
    ):
        read_own("own/desk", folder)
    assert len(lines) < 2
    return counts


def read(folder):
    """The source of a folder, and what is told of it."""
    with pytest.warns() as caught:
        source = read_own("own/desk", folder)
    return source, [str(warning.message) for warning in caught]


def count(folder, split="train"):
    return len(read_own("own/desk", folder).faces(split).labels)


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


SIDE = "side files of systems and programs, passed over"
UNREAD = "left out until saved as JPEG or PNG"


@pytest.mark.parametrize(
    "names, counts",
    [
        (["train/happy/@eaDir/0.jpg/SYNOPHOTO_THUMB_XL.jpg"], {SIDE: 1}),
        (["__MACOSX/train/happy/._0.jpg", "train/happy/._0.png"], {SIDE: 2}),
        (["train/.@__thumb/0.jpg", "train/sad/.@__thumb/1.jpg"], {SIDE: 2}),
        (["#recycle/0.jpg", "@tmp/0.jpg", "$RECYCLE.BIN/0.png"], {SIDE: 3}),
        (
            ["train/lost+found/0.jpg", "train/.ipynb_checkpoints/0.png"],
            {SIDE: 2},
        ),
        (["train/happy/Thumbs.db", ".DS_Store", "test/desktop.ini"], {SIDE: 3}),
        (["train/.AppleDouble/0.png", "train/sad/Icon\r"], {SIDE: 2}),
        (
            ["train/sad/0.png~", "train/sad/1.png.part", "2.png.crdownload"],
            {"backups or unfinished copies, passed over": 3},
        ),
        (
            ["train/sad/.IMG_1.HEIC.icloud"],
            {"placeholders of iCloud, not downloaded, passed over": 1},
        ),
        (
            ["train/sad/IMG_1.HEIC", "test/sad/IMG_2.heif"],
            {f"HEIC photographs, {UNREAD}": 2},
        ),
        (
            ["train/sad/1.CR2", "train/sad/2.dng", "train/sad/3.NEF"],
            {f"raw files of cameras, {UNREAD}": 3},
        ),
        (
            ["train/sad/1.psd", "train/sad/2.xcf"],
            {f"files of editors, {UNREAD}": 2},
        ),
        (["train/sad/IMG_1.MOV", "train/sad/2.mp4"], {"videos, left out": 2}),
        (
            [
                "train/sad/1.THM",
                "train/sad/1.xmp",
                "notes.txt",
                "train/a/b.txt",
            ],
            {
                "other files, left out": 4,
                "folders without images, left out": 1,
            },
        ),
        (["desk.zip", "train/happy.zip"], {"archives, left out": 2}),
        (["scripts/run.py"], {"folders without images, left out": 1}),
        (["train/IMG_1.HEIC"], {f"HEIC photographs, {UNREAD}": 1}),
        (
            ["train/glad/.IMG_1.HEIC.icloud", "test/glad/.IMG_2.HEIC.icloud"],
            {
                "placeholders of iCloud, not downloaded, passed over": 2,
                "folders without images, left out": 2,
            },
        ),
        (["train/sad/0.png:Zone.Identifier"], {SIDE: 1}),
    ],
)
def test_what_is_left_out_is_counted_by_its_reason(folder, names, counts):
    write(
        folder, {name: PNG if ".png" in name else b"\0" * 9 for name in names}
    )
    assert notes(folder) == counts
    assert count(folder) == 2


def test_what_is_left_out_is_told_in_one_line_and_in_the_record(
    folder, tmp_path, capsys
):
    write(folder, ["train/sad/1.heic", "train/sad/2.mov", "train/.DS_Store"])
    words = ["--manual-dir", str(folder), "--data-dir", str(tmp_path)]
    for name in ("own/desk", "own/desk/faces48"):
        __main__.main(["prepare", name, *words])
        (line,) = capsys.readouterr().err.splitlines()
        assert line == (
            f"{folder}: 1 {SIDE}: train/.DS_Store; 1 HEIC photographs, "
            f"{UNREAD}: train/sad/1.heic; 1 videos, left out: train/sad/2.mov"
        )
        card = Datasets(tmp_path).card(name, ["train", "test"], ())
        assert card["notes"] == {
            SIDE: 1,
            f"HEIC photographs, {UNREAD}": 1,
            "videos, left out": 1,
        }


def test_images_that_come_out_nearly_black_are_told(folder):
    twelve_bits = saved(GREY.astype(np.uint16) * 16, ".png")
    write(folder, {"train/sad/1.png": twelve_bits})
    _, (line,) = read(folder)
    assert "1 images of 16 bits use 14 of them or fewer" in line
    assert line.endswith(": train/sad/1.png")


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


def test_links_are_followed_but_not_in_circles(folder, tmp_path):
    write(tmp_path, ["elsewhere/1.png", "2.png"])
    sad = folder / "train/sad"
    (sad / "linked").symlink_to(tmp_path / "elsewhere")
    (sad / "2.png").symlink_to(tmp_path / "2.png")
    (sad / "up").symlink_to(folder / "train")
    (sad / "itself.png").symlink_to("itself.png")
    (sad / "gone.png").symlink_to("nowhere")
    reason = (
        "links to nothing, or to a folder that is read already, passed over"
    )
    assert notes(folder) == {reason: 3}
    assert count(folder) == 4


@pytest.mark.filterwarnings("ignore:.*pipes")
def test_pipes_and_sockets_are_never_opened(folder):
    os.mkfifo(folder / "train/sad/pipe.png")
    os.mkfifo(folder / "pipe")
    here = os.getcwd()
    with socket.socket(socket.AF_UNIX) as server:
        # Their paths may be short only.
        os.chdir(folder / "train/sad")
        server.bind("socket.png")
        os.chdir(here)
    assert notes(folder) == {"pipes, sockets or devices, passed over": 3}
    assert count(folder) == 2


@contextlib.contextmanager
def unprivileged():
    """As somebody whom rights stop."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize(
    "name, message",
    [
        ("train/sad/0.png", r"readable \(Permission denied\): train/sad/0.png"),
        (
            "train/sad",
            r"train/sad: cannot be read \(Permission denied\). Make it",
        ),
        ("train", r"/train: cannot be read \(Permission denied\)"),
        (".", r"desk.?: cannot be read \(Permission denied\)"),
    ],
)
def test_what_may_not_be_read_is_named(name, message):
    # pytest's folders are closed to others.
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        folder = Path(place, "desk")
        for split in ("train", "test"):
            write(folder, [f"{split}/happy/0.png", f"{split}/sad/0.png"])
        (folder / name).chmod(0)
        with (
            unprivileged(),
            pytest.raises((OSError, ValueError), match=message),
        ):
            read_own("own/desk", folder)
        (folder / name).chmod(0o755)


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(saved(COLOURS, ".png")),
        lambda path: path.write_bytes(PNG[:-50]),
    ],
    ids=["deleted", "another", "cut short"],
)
def test_a_folder_that_changes_is_not_prepared(
    folder, tmp_path, change, monkeypatch
):
    look_at = checked_files.look_at

    def and_change(paths, root):
        looks = look_at(paths, root)
        change(folder / "test/sad/0.png")
        return looks

    monkeypatch.setattr("reproductions.commands.own_images.look_at", and_change)
    words = ["--manual-dir", str(folder), "--data-dir", str(tmp_path / "data")]
    message = "test/sad/0.png: changed while the folder was read. Give"
    with pytest.raises(SystemExit, match=message):
        __main__.main(["prepare", "own/desk", *words])
    assert not list(tmp_path.glob("data/*"))


def test_one_small_photograph_is_taken_whole_and_counted(folder, tmp_path):
    write(folder, {"train/happy/1.png": saved(GREY[:40, :31], ".png")})
    words = ["--manual-dir", str(folder), "--data-dir", str(tmp_path)]
    __main__.main(["prepare", "own/desk/faces48", *words])
    source = open_dataset("own/desk/faces48", tmp_path)
    assert source.crops["train"]["too small to search"] == 1
    assert len(source.faces("train").labels) == 3


def test_classes_may_have_any_name_in_a_record(tmp_path):
    matrix = np.array([[3, 1], [0, 4]])
    write_confusion(tmp_path / "a.csv", matrix, ['happy, "very"', "sad\n"])
    assert (read_confusion(tmp_path / "a.csv") == matrix).all()
