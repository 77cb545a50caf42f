"""What decides a row's result, and nothing else, is in its digest."""

from dataclasses import replace
from functools import partial

import keras
import pytest

from ferkeras.data import Fold
from ferkeras.layers import COLOURS
from ferkeras.losses import PixelLoss
from ferkeras.papers import Start
from ferkeras.training.schedules import one_cycle
from tests import tiny


def test_a_row_as_usual_is_described_as_before_there_was_anything_else():
    # Records of early rows hold this; a further key would make them invalid.
    assert replace(tiny.ROW, recipe=tiny.TWO_PHASES).describe() == {
        "model": "tests.tiny.network",
        "channels": ["grey", "sobel_x"],
        "dataset": "synthetic_noise",
        "image_size": 12,
        "batch_size": 20,
        "augment": "ferkeras.data.augment.random_affine(flip=0, rotation=10, "
        "shift=0.1, zoom=1.1, shear=0.1)",
        "phases": [
            {"optimizer": "keras.Adam(0.01)", "epochs": 3},
            {"optimizer": "keras.SGD(0.01, momentum=0.9)", "epochs": 3},
        ],
    }


PHASE = tiny.RECIPE.phases[0]


@pytest.mark.parametrize(
    "change",
    [
        {"loss": partial(PixelLoss, 1)},
        {"views": tiny.RECIPE.augment},
        {"precision": "mixed_bfloat16"},
        {"phases": (replace(PHASE, frozen="body"),)},
        {"phases": (replace(PHASE, image_size=24),)},
        {"phases": (replace(PHASE, schedules={"rate": one_cycle}),)},
    ],
    ids=lambda change: "-".join(change),
)
def test_another_recipe_is_another_unit(change):
    row = replace(tiny.ROW, recipe=replace(tiny.RECIPE, **change))
    assert digest(row) != digest(tiny.ROW)


@pytest.mark.parametrize(
    "change",
    [
        {"start_from": (Start("Stage"),)},
        {"normalization": partial(keras.layers.Rescaling, 1 / 255)},
        {"channels": COLOURS},
    ],
    ids=lambda change: "-".join(change),
)
def test_another_start_or_input_is_another_unit(change):
    assert digest(replace(tiny.ROW, **change)) != digest(tiny.ROW)


def test_another_protocol_is_another_unit_but_not_another_note():
    unit = tiny.unit()
    folds = (Fold("test", of="train"),)
    divided = replace(unit.protocol, hold_outs=folds)
    renamed = replace(unit.protocol, note="said otherwise")
    assert replace(unit, protocol=divided).digest != unit.digest
    assert replace(unit, protocol=renamed).digest == unit.digest


def test_what_is_only_shown_does_not_make_another_unit():
    shown = replace(
        tiny.ROW,
        reported={"accuracy": 12.0},
        branches=("small",),
        keep_weights=True,
    )
    assert digest(shown) == digest(tiny.ROW)


def digest(row):
    return replace(tiny.unit(), row=row).digest
