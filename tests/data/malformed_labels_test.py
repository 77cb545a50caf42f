"""What is wrong with tables, lists and annotations, and what is said."""

import re

import numpy as np
import pytest

from tests import files
from tests.data.malformed import TABLES, archive, cases, check_named, put

pytestmark = [
    pytest.mark.any_backend,
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


def line(number, change):
    """Change a line of a file."""

    def changed(old):
        lines = old.decode().splitlines()
        lines[number] = change(lines[number])
        return "\n".join(lines).encode()

    return put(changed)


def labels_of(path):
    return path.parents[2] / "EmoLabel" / "list_patition_label.txt"


def annotation_of(path):
    return path.parents[1] / "annotations" / f"{path.stem}_exp.npy"


def annotate(path, value):
    np.save(annotation_of(path), value, allow_pickle=True)


# What it is: which readers, how it comes about, what they say beside the name.
MALFORMED = {
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
}


@pytest.mark.parametrize("what, name", cases(MALFORMED))
def test_what_is_malformed_is_named(what, name, tmp_path):
    check_named(MALFORMED, what, name, tmp_path / "top")


def test_the_table_is_long():
    assert len(MALFORMED) >= 20
