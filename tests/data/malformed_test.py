"""What is wrong with people's files, and what each reader says of it."""

import gzip
import io
import os
import re
import shutil
import tarfile
import warnings
from pathlib import Path

import numpy as np
import pytest

from reproductions.commands.own_images import read_own
from reproductions.commands.prepare import reader_of
from tests import files
from tests.files import GREY, saved
from tfds_builders.affectnet import fake_files as affectnet
from tfds_builders.ck_plus import fake_files as ck_plus
from tfds_builders.fer2013 import fake_files as fer2013
from tfds_builders.fer2013 import reader as fer2013_reader
from tfds_builders.ferplus import fake_files as ferplus
from tfds_builders.jaffe import fake_files as jaffe
from tfds_builders.kdef import fake_files as kdef
from tfds_builders.raf_db import fake_files as raf_db

pytestmark = [
    pytest.mark.any_backend,
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


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


def line(number, change):
    """Change a line of a file."""

    def changed(old):
        lines = old.decode().splitlines()
        lines[number] = change(lines[number])
        return "\n".join(lines).encode()

    return put(changed)


def replaced(make):
    """Have something else than a file in its place."""

    def change(path):
        path.unlink()
        make(path)

    return change


def sparse(path):
    with path.open("wb") as file:
        file.truncate(2**41)


def beside(name, content=b""):
    """Put a file beside one."""

    def change(path):
        (path.parent / name).write_bytes(content)

    return change


def packed(path):
    """Leave of a folder its archive only."""
    top = next(x for x in path.parents if (x.parent / "top").exists())
    for x in top.iterdir():
        shutil.rmtree(x) if x.is_dir() else x.unlink()
    (top / "all.zip").write_bytes(b"PK\3\4")


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
        beside("seven.jpg"),
        "names are not numbers: seven.jpg",
    ),
    "annotations of nothing": (
        ("affectnet npy",),
        lambda x: x.rename(x.with_name("123456.jpg")),
        "1 images are missing and left out: train_set/annotations/7_exp.npy",
    ),
    # Tables.
    "an empty table": (TABLES, put(b""), "line 1: expected the columns"),
    "a table under a tar's name": (TABLES, put(archive()), "a tar archive"),
    "a table that is a page": (TABLES, put(files.PAGE), "a web page"),
    "a table of zeros": (TABLES, put(bytes(9999)), "zeros throughout"),
    "a table of no text": (TABLES, put(b"\x00\xff" * 99_999), "line 1: "),
    "no names of columns": (TABLES, line(0, lambda x: "0,1,2"), "line 1: ex"),
    "a column too few": (
        TABLES,
        line(2, lambda x: x.rpartition(",")[0]),
        "line 3: expected [0-9]+ columns",
    ),
    "a column too many": (
        TABLES,
        line(2, lambda x: f"{x},1"),
        "line 3: expected [0-9]+ columns",
    ),
    "an open quote": (
        TABLES,
        line(2, lambda x: '"' + x),
        "line [0-9]+: (expected|the file ends)",
    ),
    "a row too few": (
        TABLES,
        put(lambda x: x.rstrip().rpartition(b"\n")[0]),
        "the file ends here, expected 7 rows",
    ),
    "a row twice": (
        TABLES,
        put(lambda x: x + x.rstrip().rpartition(b"\n")[2]),
        "the file ends here, expected 7 rows",
    ),
    "another split": (
        TABLES,
        put(lambda x: x.replace(b"PublicTest", b"Public")),
        "line 3: expected a Usage among",
    ),
    "an emotion beyond": (
        ("fer2013",),
        line(2, lambda x: "7" + x[1:]),
        "line 3: expected an emotion from 0 to 6",
    ),
    "a grey level beyond": (
        ("fer2013",),
        line(2, lambda x: x.replace(" ", " 256 ", 1)),
        "line 3: expected 2304 integers from 0 to 255",
    ),
    "eleven votes": (
        ("fer+",),
        line(2, lambda x: re.sub(",10,", ",11,", x)),
        "line 3: expected votes that are integers from 0 to 10",
    ),
    "half a list of labels": (
        ("raf-db",),
        lambda x: line(4, lambda _: "train_00005.j")(labels_of(x)),
        "list_patition_label.txt: expected lines such as.*line 5",
    ),
    "a label beyond": (
        ("raf-db",),
        lambda x: line(4, lambda _: "train_00005.jpg 8")(labels_of(x)),
        "list_patition_label.txt: expected lines such as.*line 5",
    ),
    "a label folder of a name": (
        ("raf-db mirror",),
        lambda x: x.parent.rename(x.parent.with_name("fear")),
        "expected images in folders such as train/1",
    ),
    "an expression in words": (
        ("affectnet",),
        lambda x: put(lambda old: old.replace(b",1,-0.1", b",happy,-0.1"))(
            x.parents[2] / "training.csv"
        ),
        "expected the expressions 0 to 10.*'happy'",
    ),
    "a list without boxes": (
        ("affectnet",),
        lambda x: put(lambda old: old.replace(b"face_x", b"x"))(
            x.parents[2] / "training.csv"
        ),
        "training.csv: expected the columns",
    ),
    "a pickle for an annotation": (
        ("affectnet npy",),
        lambda x: annotate(x, np.array([{}], object)),
        "expected the expressions 0 to 10.*7_exp.npy",
    ),
    "half an annotation": (
        ("affectnet npy",),
        lambda x: put(lambda old: old[:30])(annotation_of(x)),
        "expected the expressions 0 to 10.*7_exp.npy",
    ),
    "an emotion in words": (
        ("ck+",),
        lambda x: put(b"happy")(
            x.parents[3] / "Emotion/S005/001/S005_001_00000006_emotion.txt"
        ),
        "S005_001_00000006_emotion.txt: expected one of the numbers 1 to 7",
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


def files_below(path):
    path.mkdir(parents=True)
    (path / "SYNOPHOTO_THUMB_XL.jpg").write_bytes(b"")


def labels_of(path):
    return path.parents[2] / "EmoLabel" / "list_patition_label.txt"


def annotation_of(path):
    return path.parents[1] / "annotations" / f"{path.stem}_exp.npy"


def annotate(path, value):
    np.save(annotation_of(path), value, allow_pickle=True)


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


@pytest.mark.parametrize(
    "what, name",
    [(what, name) for what, (names, *_) in MALFORMED.items() for name in names],
)
def test_what_is_malformed_is_named(what, name, tmp_path, monkeypatch):
    monkeypatch.setattr(fer2013_reader, "ROWS", fer2013.ROWS)
    _, write, place = READERS[name]
    _, change, message = MALFORMED[what]
    folder = tmp_path / "top"
    folder.mkdir()
    write(folder)
    change(folder / place)
    said = say(name, folder)
    assert re.search(message, said), said
    assert Path(place).name in said or str(folder) in said


def test_the_table_is_long():
    assert len(MALFORMED) >= 50
