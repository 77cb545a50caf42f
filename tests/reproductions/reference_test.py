"""Our own models' file: sizes, schedules, and that a tiny one trains."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from ferkeras.models import residual_network
from ferkeras.training.build import build
from reproductions.reference import PAPER, recipe
from tests import tiny

pytestmark = pytest.mark.any_backend

ROWS = {row.name: row for row in PAPER.rows}


@pytest.mark.parametrize("name", ROWS)
def test_a_model_that_ships_is_small_enough(name):
    row = ROWS[name]
    assert row.keep_weights
    classes = 8 if row.dataset.startswith("ferplus") else 7
    parameters = build(row, classes).scoring.count_params()
    assert (
        parameters
        == {
            "FER2013 small": 697_895,
            "FER2013 large": 1_922_439,
            # A class more: a score's weights and bias.
            "FERPlus small": 697_895 + 129,
            "FERPlus large": 1_922_439 + 193,
        }[name]
    )
    # Two bytes a weight, of the 4 MB that a model may have.
    assert 2 * parameters < 3_900_000


@pytest.mark.parametrize("name", ROWS)
def test_labels_are_smoothed_over_the_classes_of_the_dataset(name):
    loss = ROWS[name].recipe.loss()
    classes = 8 if ROWS[name].dataset.startswith("ferplus") else 7
    assert np.shape(loss.targets) == (classes, classes)
    assert loss.targets[2][2] == pytest.approx(0.9 + 0.1 / classes)


@pytest.mark.parametrize("name", ROWS)
def test_the_rate_falls_to_nothing(name):
    (phase,) = ROWS[name].recipe.phases
    optimizer = phase.build_optimizer(225)
    found = []
    for step in (0, 225 * phase.epochs // 2, 225 * phase.epochs):
        optimizer.iterations.assign(step)
        found.append(float(optimizer.learning_rate))
    assert found == pytest.approx([0.1, 0.05, 0], abs=1e-6)
    # Over about the last 3 % of the steps.
    reach = 1 / (1 - optimizer.ema_momentum)
    assert reach == pytest.approx(0.03 * 225 * phase.epochs)


def test_a_tiny_one_trains(tmp_path):
    model = partial(residual_network, filters=(4, 8), blocks=1)
    augment = ROWS["FER2013 small"].recipe.augment
    # Sides tell the classes apart, so nothing is mirrored.
    augment = partial(augment, flip=0)
    short = replace(recipe(2, 6, augment, None), batch_size=10)
    row = replace(ROWS["FER2013 small"], model=model, recipe=short)
    row = replace(row, image_size=12)
    _, (run,) = tiny.train(tmp_path, row=row)
    assert run.folders[0].history[-1]["val_accuracy"] > 0.9
