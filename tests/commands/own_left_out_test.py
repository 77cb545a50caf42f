"""What is left out of people's folders, or cannot be read, and is told."""

import contextlib
import os
import socket
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pytest

from ferkeras.data import Datasets, open_dataset
from reproductions import __main__
from reproductions.commands import checked_files, prepare
from reproductions.commands.own_images import read_own
from tests.commands.desk import PNG, count, two_classes, write
from tests.files import COLOURS, GREY, saved

pytestmark = pytest.mark.any_backend
SIDE = "side files of systems and programs, passed over"
UNREAD = "left out until saved as JPEG or PNG"


@pytest.fixture
def folder(tmp_path):
    return two_classes(tmp_path / "desk")


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


@pytest.mark.filterwarnings("default::tfds_builders.image_files.Note")
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


@pytest.mark.filterwarnings("ignore::tfds_builders.image_files.Note")
def test_who_filters_it_out_finds_it_in_the_record_alone(
    folder, tmp_path, capsys
):
    write(folder, ["train/.DS_Store"])
    words = ["--manual-dir", str(folder), "--data-dir", str(tmp_path)]
    __main__.main(["prepare", "own/desk", *words])
    assert not capsys.readouterr().err
    card = Datasets(tmp_path).card("own/desk", ["train", "test"], ())
    assert card["notes"] == {SIDE: 1}


def test_images_that_come_out_nearly_black_are_told(folder):
    twelve_bits = saved(GREY.astype(np.uint16) * 16, ".png")
    write(folder, {"train/sad/1.png": twelve_bits})
    _, (line,) = read(folder)
    assert "1 images of 16 bits use 14 of them or fewer" in line
    assert line.endswith(": train/sad/1.png")


def test_links_are_followed_but_not_in_circles(folder, tmp_path):
    write(tmp_path, ["elsewhere/1.png", "2.png"])
    sad = folder / "train/sad"
    (sad / "linked").symlink_to(tmp_path / "elsewhere")
    (sad / "2.png").symlink_to(tmp_path / "2.png")
    (sad / "up").symlink_to(folder / "train")
    # Else the images to score would be trained on, as sad.
    (sad / "upper").symlink_to(folder)
    (sad / "itself.png").symlink_to("itself.png")
    (sad / "gone.png").symlink_to("nowhere")
    reason = (
        "links to nothing, or to a folder that is read already, passed over"
    )
    assert notes(folder) == {reason: 4}
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
