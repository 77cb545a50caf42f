"""What is wrong with people's images, or their folders, and what is said."""

import gzip
import os
import shutil

import numpy as np
import pytest

from tests import files
from tests.data.malformed import (
    IMAGES,
    READERS,
    TREES,
    archive,
    cases,
    check_named,
    put,
)
from tests.files import GREY, saved

pytestmark = [
    pytest.mark.any_backend,
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


def replaced(make):
    """Have something else than a file in its place."""

    def change(path):
        path.unlink()
        make(path)

    return change


def sparse(path):
    with path.open("wb") as file:
        file.truncate(2**41)


def packed(path):
    """Leave of a folder its archive only."""
    top = next(x for x in path.parents if (x.parent / "top").exists())
    for x in top.iterdir():
        shutil.rmtree(x) if x.is_dir() else x.unlink()
    (top / "all.zip").write_bytes(b"PK\3\4")


def files_below(path):
    path.mkdir(parents=True)
    (path / "SYNOPHOTO_THUMB_XL.jpg").write_bytes(b"")


DAMAGED = "cut short, damaged or|cut short or damaged|no image: "
# What it is: which readers, how it comes about, what they say beside the name.
MALFORMED = {
    # Bytes of images.
    "nothing": (IMAGES, put(b""), "empty"),
    "one byte": (IMAGES, put(b"\xff"), "no image( and|:)"),
    "half a header": (IMAGES, put(lambda x: x[:7]), DAMAGED),
    "half of it": (IMAGES, put(lambda x: x[: len(x) // 2]), DAMAGED),
    "zeros of a lost disk": (IMAGES, put(bytes(999)), "zeros throughout"),
    "zeros from the middle": (
        IMAGES,
        put(lambda x: x[: len(x) // 3] + bytes(len(x) * 2 // 3)),
        DAMAGED,
    ),
    "a sign-in page": (IMAGES, put(files.PAGE), "a web page"),
    "a page with a mark": (IMAGES, put(b"\xef\xbb\xbf\n<HTML>"), "a web page"),
    "an error in XML": (
        IMAGES,
        put(b"<?xml version='1.0'?>"),
        "no image( and|:)",
    ),
    "a drawing": (IMAGES, put(b"<svg xmlns='x'/>"), "no image( and|:)"),
    "HEIC": (IMAGES, put(files.HEIC), "no image but HEIC"),
    "a live photo's video": (IMAGES, put(files.VIDEO), "but a video"),
    "macOS's side file": (
        IMAGES,
        put(files.APPLE_DOUBLE),
        "side file of macOS",
    ),
    "a Photoshop file": (IMAGES, put(b"8BPS\0\1" + bytes(9)), "a Photoshop"),
    "a GIMP file": (IMAGES, put(b"gimp xcf v011"), "a GIMP file"),
    "a raw file": (IMAGES, put(b"FUJIFILMCCD-RAW 0201"), "a camera's raw"),
    "a PDF": (IMAGES, put(b"%PDF-1.7\n"), "a PDF"),
    "a zip": (IMAGES, put(b"PK\3\4" + bytes(99)), "a zip archive"),
    "a tar": (IMAGES, put(archive()), "a tar archive"),
    "a gzip": (IMAGES, put(gzip.compress(b"")), "a gzip archive"),
    "a Git LFS pointer": (
        IMAGES,
        put(b"version https://git-lfs.github.com/spec/v1\n"),
        "a Git LFS pointer",
    ),
    "a text": (IMAGES, put(b"see the other folder\n"), "no image( and|:)"),
    "60,000 x 60,000": (IMAGES, put(files.png(60_000, 60_000)), "pixels"),
    "two terabytes": (IMAGES, replaced(sparse), "of over 1,073,741,824 bytes"),
    "floating point": (
        IMAGES,
        put(saved(GREY.astype(np.float32), ".tif")),
        "floating-point numbers of 32 bits",
    ),
    "32 bits": (
        IMAGES,
        put(saved(GREY.astype(np.int32), ".tif")),
        "whole numbers of 32 bits",
    ),
    "12 of 16 bits": (
        ("own", "ck+", "ck48", "affectnet", "affectnet npy"),
        put(saved(GREY.astype(np.uint16) * 16, ".png")),
        "images of 16 bits use 14 of them or fewer",
    ),
    "another format than published": (
        ("kdef", "jaffe", "ck+", "ck48", "raf-db", "raf-db mirror"),
        put(saved(GREY, ".webp")),
        "1 no (JPEG|TIFF|PNG)",
    ),
    # Files and folders.
    "a pipe": (
        TREES,
        lambda x: os.mkfifo(x.with_stem("pipe")),
        "1 pipes, sockets or devices",
    ),
    "a link to nothing": (
        TREES,
        lambda x: x.with_stem("link").symlink_to("nowhere"),
        "1 links to nothing",
    ),
    "a link to itself": (
        TREES,
        lambda x: x.with_stem("link").symlink_to("link" + x.suffix),
        "1 links to nothing",
    ),
    "a link in place of a file": (
        ("affectnet", "affectnet npy"),
        replaced(lambda x: x.symlink_to("nowhere")),
        "1 images are missing and left out",
    ),
    "a link to the folder above": (
        TREES,
        lambda x: (x.parent / "up").symlink_to(x.parent.parent),
        "1 links to nothing, or to a folder that is read already",
    ),
    "an archive in place of the files": (
        tuple(READERS),
        packed,
        "Unpack all.zip first",
    ),
    "a Synology thumbnail": (
        TREES,
        lambda x: files_below(x.parent / "@eaDir" / x.name),
        "[0-9] side files of systems and programs, passed over: .*@eaDir",
    ),
    "a half-loaded copy": (
        TREES,
        lambda x: x.with_name(x.name + ".crdownload").write_bytes(b""),
        "1 backups or unfinished copies",
    ),
    "the same image twice": (
        ("kdef", "ck+", "ck48", "raf-db", "raf-db mirror"),
        lambda x: shutil.copy(x, x.with_name(x.name.swapcase())),
        "expected each image once",
    ),
    "no number and no name": (
        ("affectnet npy",),
        lambda x: x.with_name("seven.jpg").write_bytes(b""),
        "names are not numbers: seven.jpg",
    ),
    "annotations of nothing": (
        ("affectnet npy",),
        lambda x: x.rename(x.with_name("123456.jpg")),
        "1 images are missing and left out: train_set/annotations/7_exp.npy",
    ),
    # Layouts.
    "folders of numbers": (
        ("affectnet npy",),
        lambda x: (
            x.parent.parent.rename(x.parents[2] / "train")
            and [
                shutil.rmtree(x.parents[2] / "val_set"),
                *((x.parents[2] / "train" / str(k)).mkdir() for k in range(8)),
            ]
        ),
        "folders named by numbers, such as .*train/0: .*would be guessed",
    ),
    "a third split": (
        ("raf-db mirror",),
        lambda x: (x.parents[2] / "valid").mkdir(),
        "Received: train, test, valid",
    ),
    "an unknown split": (
        ("own",),
        lambda x: shutil.copytree(x.parents[1], x.parents[2] / "extra"),
        "extra holds images, and its name means no split",
    ),
}


@pytest.mark.parametrize("what, name", cases(MALFORMED))
def test_what_is_malformed_is_named(what, name, tmp_path):
    check_named(MALFORMED, what, name, tmp_path / "top")


def test_the_table_is_long():
    assert len(MALFORMED) >= 40
