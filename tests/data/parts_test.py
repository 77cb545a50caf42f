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


# KDEF: 70 people, 70 pictures of each, in the order of the files' names.
KDEF = Faces(
    np.arange(4900),
    np.zeros(4900),
    np.arange(4900),
    np.tile(
        np.repeat([f"{sex}{k:02}" for sex in "FM" for k in range(35)], 35), 2
    ),
)


def kdef(name, *hold_outs):
    return part(lambda split: KDEF, name, hold_outs)


def test_nobody_is_on_two_sides_when_divided_by_subject():
    test = HoldOut("test", of="train", share=0.2, by="subject")
    validation = HoldOut("validation", of="train", share=0.125, by="subject")
    people, counts = [], []
    for name in ("train", "validation", "test"):
        faces = kdef(name, test, validation)
        people.append({*faces.subjects})
        counts.append(len(faces.labels))
    assert list(map(len, people)) == [49, 7, 14]
    assert counts == [3430, 490, 980]
    assert len(set.union(*people)) == 70


def test_by_order_the_last_are_set_aside():
    last = HoldOut("test", of="train", share=0.2, by="order")
    assert kdef("test", last).rows.tolist() == list(range(3920, 4900))
    assert kdef("train", last).rows.tolist() == list(range(3920))
    # The last fifth of KDEF by name are men, seen a second time.
    men = {*kdef("test", last).subjects}
    assert {name[0] for name in men} == {"M"}
    assert men <= {*kdef("train", last).subjects}


def test_by_subject_needs_subjects():
    people = HoldOut("test", of="train", share=0.2, by="subject")
    with pytest.raises(ValueError, match="does not say who is shown"):
        part(read, "test", (people,))
