import numpy as np
import pytest

from ferkeras.data import Faces, HoldOut
from ferkeras.data.parts import part

COUNT = 28709
WHOLE = Faces(
    np.arange(COUNT)[:, None, None, None], np.zeros(COUNT), np.arange(COUNT)
)


def read(split):
    assert split == "train"
    return WHOLE


def rows(name, *hold_outs):
    return part(read, name, hold_outs).rows


def test_a_fifth_of_fer2013_is_the_papers_5742_images():
    held = HoldOut("held out", of="train", share=0.2)
    stay, aside = rows("train", held), rows("held out", held)
    assert (len(stay), len(aside)) == (22967, 5742)
    assert sorted([*stay, *aside]) == list(range(COUNT))
    assert (np.diff(stay) > 0).all() and (np.diff(aside) > 0).all()
    # Random, not the end of the file.
    assert aside.mean() == pytest.approx(COUNT / 2, rel=0.03)
    assert (rows("held out", held) == aside).all()


def test_pixels_and_labels_go_with_their_rows():
    faces = part(read, "held out", (HoldOut("held out", "train", 0.2),))
    assert (faces.images.ravel() == faces.rows).all()
    assert len(faces.labels) == len(faces.rows)


def test_parts_are_made_in_order_and_share_nothing():
    test = HoldOut("test", of="train", share=0.2)
    validation = HoldOut("validation", of="train", share=0.25)
    parts = [
        rows(name, test, validation) for name in ("train", "validation", "test")
    ]
    assert list(map(len, parts)) == [17225, 5742, 5742]
    assert sorted(np.concatenate(parts)) == list(range(COUNT))
    assert (parts[2] == rows("test", test)).all()


def test_a_split_that_is_not_divided_is_read_as_it_is():
    held = HoldOut("held out", of="train", share=0.2)
    other = part(lambda split: split, "validation", (held,))
    assert other == "validation"
