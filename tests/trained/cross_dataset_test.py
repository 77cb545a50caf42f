"""A model on another dataset: classes by name, counted by hand."""

import json

import numpy as np
import pytest
from scipy.stats import norm

from ferkeras.dataset_sources import COUNTS
from ferkeras.scoring.metrics import wilson
from ferkeras.trained.cross_dataset import (
    meaning,
    refuse_seen,
    same_images,
    scores,
)
from reproductions.commands.prepare import reader_of

MODEL = ("angry", "happy", "neutral")
THERE = ("contempt", "Happiness", "anger")


def said(*indices):
    """Probabilities that have these classes the likeliest."""
    return np.full((len(indices), 3), 0.2) + 0.4 * np.eye(3)[[*indices]]


def test_classes_are_matched_by_name_and_others_said():
    # True: one contempt, four happy, two angry.
    labels = np.array([0, 1, 1, 1, 1, 2, 2])
    found = scores(labels, said(0, 1, 1, 2, 0, 0, 1), THERE, MODEL)
    assert found["images"] == 6
    assert found["left_out"] == {"contempt": 1}
    assert found["never_shown"] == ["neutral"]
    assert found["accuracy"] == pytest.approx(100 * 3 / 6)
    # Angry: precision 1/2, recall 1/2. Happy: 2/3 and 2/4.
    happy = 2 * (2 / 3) * (2 / 4) / (2 / 3 + 2 / 4)
    assert found["macro_f1"] == pytest.approx(100 * (0.5 + happy) / 2)
    assert found["confusion"] == {
        "angry": {"angry": 1, "happy": 1, "neutral": 0},
        "happy": {"angry": 1, "happy": 2, "neutral": 1},
    }
    # Without neutral, the fourth is angry, the first of two as likely.
    assert found["accuracy_among_shared"] == pytest.approx(100 * 3 / 6)
    json.dumps(found)


def test_among_shared_classes_the_likeliest_of_these_counts():
    probabilities = np.array([[0.1, 0.3, 0.6], [0.5, 0.4, 0.1]])
    found = scores(np.array([1, 2]), probabilities, THERE, MODEL)
    assert (found["accuracy"], found["accuracy_among_shared"]) == (50, 100)


def test_without_a_class_of_both_nothing_is_scored():
    with pytest.raises(ValueError, match="angry, happy, neutral; the dataset"):
        scores(np.array([0, 0]), said(0, 0), THERE, MODEL)


def test_the_interval_is_wilsons():
    z, share, count = norm.ppf(0.975), 0.7, 50
    centre = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    half /= 1 + z**2 / count
    assert wilson(35, 50) == pytest.approx(
        [100 * (centre - half), 100 * (centre + half)]
    )


@pytest.mark.parametrize("dataset", COUNTS)
def test_classes_of_every_dataset_have_a_meaning_of_their_own(dataset):
    _, config, reader = reader_of(dataset)
    names = reader.CLASS_NAMES
    names = names[config] if isinstance(names, dict) else names
    basic = {"angry", "disgust", "fear", "happy", "sad", "surprise"}
    meanings = [meaning(name) for name in names]
    assert basic <= {*meanings} <= basic | {"neutral", "contempt"}
    assert len({*meanings}) == len(names)


def record(dataset, train, chosen, *steps):
    """What a record says of the images that a model was made with."""
    return {
        "dataset": {"name": dataset},
        "protocol": {
            "train": train,
            "checkpoint_chosen_on": chosen,
            "hold_outs": [
                {"step": "HoldOut", "name": name, "of": of}
                for name, of in steps
            ],
        },
    }


@pytest.mark.parametrize(
    "made_with,dataset,split,refused",
    [
        (("fer2013", "train", "validation"), "fer2013", "test", False),
        (("fer2013", "train", "validation"), "fer2013", "validation", True),
        # The same images, labelled anew.
        (("fer2013", "train", "validation"), "ferplus/half", "train", True),
        (("fer2013", "train", "validation"), "ferplus/half", "test", False),
        (("fer2013", "train", "validation"), "raf_db", "train", False),
        (
            ("fer2013", "train", "held out", ("held out", "train")),
            "fer2013",
            "validation+test",
            False,
        ),
        (
            ("ferplus/half", "train", "held out", ("held out", "train")),
            "fer2013",
            "train+test",
            True,
        ),
        # Folds: what is scored in one is trained on in the others.
        (
            ("jaffe", "train", "v", ("test", "train"), ("v", "train")),
            "jaffe/faces48",
            "train",
            True,
        ),
        (("own/a", "train", "validation"), "own/a/faces48", "train", True),
        (("own/a", "train", "validation"), "own/b", "train", False),
    ],
)
def test_images_that_a_model_was_made_with_are_refused(
    made_with, dataset, split, refused
):
    if refused:
        with pytest.raises(ValueError, match="Name another --split"):
            refuse_seen(record(*made_with), dataset, split)
    else:
        refuse_seen(record(*made_with), dataset, split)


def test_a_dataset_is_known_by_its_images():
    assert same_images("ferplus/majority") == same_images("fer2013")
    assert same_images("ck_plus/ck48") == same_images("ck_plus/mohana2023")
    assert same_images("kdef/faces48") != same_images("jaffe/faces48")
