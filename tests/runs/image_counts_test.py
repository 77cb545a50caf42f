"""Images of a part of a split, held to what is recorded."""

import pytest

from ferkeras.data import Copies, Draw, Fold, HoldOut, no_augmentation
from ferkeras.dataset_sources import COUNTS, Counts
from ferkeras.papers.paper import units
from ferkeras.runs.image_counts import images_of
from reproductions import paper


@pytest.mark.parametrize(
    "split,steps,images",
    [
        ("", (), 0),
        ("train", (), 1000),
        ("validation+test", (), 300),
        ("train", (HoldOut("test", of="train", share=0.2),), 800),
        ("test", (HoldOut("test", of="train", share=0.2),), 200),
        ("train", (Fold("test", of="train"),), 900),
        (
            "train",
            (Fold("test", of="train"), HoldOut("v", of="train", share=0.2)),
            720,
        ),
        ("few", (Draw("few", of="train", images=50),), 50),
        ("few", (Draw("few", of="train", images=0.05),), 50),
        (
            "train",
            (Copies("train", 640, no_augmentation), Fold("test", of="train")),
            5 * 640 * 0.9,
        ),
    ],
)
def test_images_of_a_part(split, steps, images):
    counts = Counts(5, 1000, 100, 200)
    assert images_of(counts, split, steps) == pytest.approx(images)


def test_the_counts_are_those_of_records():
    (unit, *_) = units(paper("mohana2023"), ["5 %: random"])
    protocol = unit.protocol
    counts = COUNTS[unit.row.dataset]
    images = images_of(counts, protocol.train, protocol.hold_outs)
    assert images == pytest.approx(1435, abs=1)
