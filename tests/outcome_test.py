"""What is kept of a trained network."""

import dataclasses

import keras
import numpy as np
import pytest

from ferkeras.build import build
from ferkeras.data import fastai_views
from ferkeras.layers import BranchFusion
from ferkeras.outcome import conclude
from ferkeras.record import path_of
from tests import tiny


def bright_and_dark(input_shape, num_classes):
    """Two branches: one says the right side is brighter, one the contrary."""
    inputs = keras.Input(input_shape)
    x = keras.ops.mean(inputs[..., 0], axis=1)  # (batch, columns)
    left, right = keras.ops.mean(x[:, :6], 1), keras.ops.mean(x[:, 6:], 1)
    sides = keras.ops.stack([left, right], axis=1)
    branches = keras.ops.stack([3 * sides, -sides], axis=1)
    logits = BranchFusion(name="logits")(branches)
    return keras.Model(inputs, logits)


@pytest.mark.parametrize("views", [None, fastai_views])
def test_each_branch_is_scored_as_the_whole_is(views, tmp_path):
    recipe = tiny.RECIPE
    if views:
        augment = views
    row = dataclasses.replace(
        tiny.ROW,
        model=bright_and_dark,
        branches=("bright", "dark"),
    )
    networks = build(row, 2)
