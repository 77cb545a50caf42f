"""Folders as published, spoilt in one place, and what a reader says of them."""

import io
import re
import tarfile
import warnings
from pathlib import Path

import pytest

from reproductions.commands.own_images import read_own
from reproductions.commands.prepare import reader_of
from tests.files import GREY, saved
from tfds_builders.affectnet import fake_files as affectnet
from tfds_builders.ck_plus import fake_files as ck_plus
from tfds_builders.fer2013 import fake_files as fer2013
from tfds_builders.fer2013 import reader as fer2013_reader
from tfds_builders.ferplus import fake_files as ferplus
from tfds_builders.jaffe import fake_files as jaffe
from tfds_builders.kdef import fake_files as kdef
from tfds_builders.raf_db import fake_files as raf_db


def own(folder):
    for place in ("train/happy", "train/sad", "test/happy", "test/sad"):
        (folder / place).mkdir(parents=True)
        (folder / place / "0.png").write_bytes(saved(GREY, ".png"))


# Reader: its dataset, what writes files, and one image among them, or its
# file of labels or pixels.
READERS = {
    "own": ("own/any", own, "train/sad/0.png"),
    "kdef": ("kdef", kdef.write, "KDEF/AF01/AF01ANS.JPG"),
    "jaffe": ("jaffe", jaffe.write, "KA.AN1.39.tiff"),
    "ck+": (
        "ck_plus/mohana2023",
        ck_plus.write_original,
        "cohn-kanade-images/S005/001/S005_001_00000006.png",
    ),
    "ck48": (
        "ck_plus/ck48",
        ck_plus.write_mirror,
        "CK+48/disgust/S005_001_00000006.png",
    ),
    "raf-db": (
        "raf_db",
        raf_db.write_official,
        "basic/Image/aligned/train_00004_aligned.jpg",
    ),
    "raf-db mirror": (
        "raf_db",
        raf_db.write_mirror,
        "DATASET/train/2/train_00004_aligned.jpg",
    ),
    "affectnet": (
        "affectnet/8",
        affectnet.write_lists,
        "Manually_Annotated_Images/689/0a.jpg",
    ),
    "affectnet npy": (
        "affectnet/8",
        affectnet.write_numbers,
        "train_set/images/7.jpg",
    ),
    "fer2013": ("fer2013", fer2013.write, "fer2013.csv"),
    "fer+": ("ferplus/half", ferplus.write, "fer2013new.csv"),
}
TABLES = ("fer2013", "fer+")
IMAGES = tuple(name for name in READERS if name not in TABLES)
TREES = ("own", "kdef", "ck+", "ck48", "raf-db", "raf-db mirror")


def archive():
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("a"))
    return file.getvalue()


def put(content):
    """Have a file hold something else: bytes, or a function of its own."""

    def change(path):
        old = path.read_bytes()
        path.write_bytes(content(old) if callable(content) else content)

    return change


def say(name, folder):
    """What a reader says of a folder: its error, or its notes in one text."""
    dataset = READERS[name][0]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            if name == "own":
                read_own(dataset, folder)
            else:
                _, config, reader = reader_of(dataset)
                reader.read(config, folder)
        except (ValueError, OSError) as error:
            assert str(error).isprintable() and len(str(error)) < 2000
            return str(error)
    return "\n".join(str(warning.message) for warning in caught)


def cases(malformed):
    """Each thing that is malformed, with each reader that it concerns."""
    return [
        (what, name)
        for what, (names, *_) in malformed.items()
        for name in names
    ]


def check_named(malformed, what, name, folder):
    """Check that a reader names what is malformed, and the file or folder."""
    _, write, place = READERS[name]
    _, change, message = malformed[what]
    folder.mkdir()
    write(folder)
    change(folder / place)
    with pytest.MonkeyPatch.context() as patch:
        for known in ("ROWS", "PUBLISHED"):
            patch.setattr(fer2013_reader, known, getattr(fer2013, known))
        said = say(name, folder)
    assert re.search(message, said), said
    assert Path(place).name in said or str(folder) in said, said
