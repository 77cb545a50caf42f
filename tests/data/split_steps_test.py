from functools import partial

import keras
import numpy as np
import pytest

from ferkeras.data import (
    Copies,
    Draw,
    Faces,
    Fold,
    HoldOut,
    no_augmentation,
    random_affine,
)
from ferkeras.data.split_steps import part
from ferkeras.layers import AffineWarp

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


# 60 images of one class, 30 of another, of nine people.
UNEVEN = Faces(
    np.random.default_rng(0).integers(0, 255, (90, 8, 8, 1), np.uint8),
    np.repeat([3, 5], [60, 30]),
    np.arange(90),
    np.arange(90) // 10,
)


def uneven(name, *steps, run=0):
    return part(lambda split: UNEVEN, name, steps, run)


@pytest.mark.parametrize("by", ["image", "class", "subject"])
def test_as_many_runs_as_folds_set_every_image_aside_once(by):
    fold = Fold("test", of="train", folds=9, by=by)
    aside = [uneven("test", fold, run=run) for run in range(9)]
    for run, faces in enumerate(aside):
        rest = uneven("train", fold, run=run)
        assert sorted([*faces.rows, *rest.rows]) == list(range(90))
        shared = {*faces.subjects} & {*rest.subjects}
        assert (by == "subject") == (not shared)
    rows = np.concatenate([faces.rows for faces in aside])
    assert sorted(rows) == list(range(90))


def test_folds_by_class_have_the_same_classes():
    fold = Fold("test", of="train", folds=10, by="class")
    for run in range(10):
        labels = uneven("test", fold, run=run).labels
        assert labels.tolist() == [3] * 6 + [5] * 3


def test_more_runs_than_folds_divide_anew():
    fold = Fold("test", of="train", folds=3)
    rows = [{*uneven("test", fold, run=run).rows} for run in range(6)]
    assert len(set.union(*rows[:3])) == len(set.union(*rows[3:])) == 90
    assert not [again for again in rows[3:] if again in rows[:3]]


@pytest.mark.parametrize("balanced,counts", [(False, [8, 4]), (True, [6, 6])])
def test_a_draw_is_in_proportion_or_balanced(balanced, counts):
    draw = Draw("few", of="train", images=12, runs=2, balanced=balanced)
    drawn = [uneven("few", draw, run=run) for run in range(4)]
    for faces in drawn:
        found = np.unique(faces.labels, return_counts=True)[1]
        assert found.tolist() == counts
        assert (np.diff(faces.rows) > 0).all()
        assert (UNEVEN.labels[faces.rows] == faces.labels).all()
    first, again, other, _ = (faces.rows.tolist() for faces in drawn)
    assert first == again != other
    assert len(uneven("train", draw).rows) == 90


@pytest.mark.parametrize("images", [13, 62])
def test_a_balanced_draw_needs_as_many_of_each_class(images):
    draw = Draw("few", of="train", images=images, balanced=True)
    message = f"2 classes, and at most 30 .*Received: images={images}"
    with pytest.raises(ValueError, match=message):
        uneven("few", draw)


def test_copies_fill_every_class_up_and_are_altered():
    mirrored = Copies("train", 70, partial(random_affine, flip=1))
    faces = uneven("train", mirrored)
    assert np.bincount(faces.labels)[[3, 5]].tolist() == [70, 70]
    for column, whole in zip(faces, UNEVEN, strict=True):
        if column is not None:
            assert (column[:90] == whole).all()
    # Of the second class every image has one copy at least.
    assert np.bincount(faces.rows, minlength=90)[60:].min() == 2
    originals = UNEVEN.images[faces.rows[90:]]
    assert (faces.images[90:] == originals[:, :, ::-1]).all()
    assert (faces.subjects[90:] == UNEVEN.subjects[faces.rows[90:]]).all()


def test_copies_of_fewer_images_than_there_are_are_refused():
    copies = Copies("train", 59, no_augmentation)
    with pytest.raises(ValueError, match="per_class=59, with 60 images of"):
        uneven("train", copies)


def test_folds_are_divided_in_known_ways():
    with pytest.raises(ValueError, match="'subject'. Received: by='colour'"):
        uneven("test", Fold("test", of="train", by="colour"))


def test_copies_made_before_the_division_come_to_be_on_both_sides():
    steps = (
        Copies("train", 70, partial(random_affine, flip=1)),
        Fold("test", of="train", folds=5),
    )
    train, test = (uneven(name, *steps).rows for name in ("train", "test"))
    assert len(train) + len(test) == 140
    assert {*train} & {*test}


def test_divisions_are_those_of_earlier_results():
    held = HoldOut("held out", "train", 0.2)
    rows = part(lambda split: WHOLE, "held out", (held,)).rows
    assert rows[:5].tolist() == [4, 7, 18, 22, 31]
    people = HoldOut("test", "train", 0.2, by="subject")
    assert sorted({*kdef("test", people).subjects})[:3] == ["F07", "F22", "F26"]
    fold = uneven("test", Fold("test", "train", 9)).rows
    assert fold[:5].tolist() == [2, 13, 30, 41, 43]
    few = uneven("few", Draw("few", "train", 12)).rows
    assert few[:5].tolist() == [2, 11, 26, 28, 34]


def test_copies_are_altered_as_images_are_in_training():
    draw = partial(random_affine, rotation=20, shift=0.2)
    faces = uneven("train", Copies("train", 70, draw))
    whole = len(UNEVEN.labels)
    transforms = draw(np.random.default_rng(0), len(faces.labels) - whole, 8)
    images = UNEVEN.images[faces.rows[whole:]]
    expected = keras.ops.convert_to_numpy(AffineWarp()(images, transforms))
    np.testing.assert_allclose(faces.images[whole:], expected, atol=10)
