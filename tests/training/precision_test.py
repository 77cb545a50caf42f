"""Rows in half precision, and what comes after them."""

from dataclasses import replace
from functools import partial

import keras
import pytest

from ferkeras.papers import Phase
from ferkeras.runs.reproduce import reproduce
from ferkeras.training.build import build
from ferkeras.training.train import leaves
from tests import tiny

ONCE = (Phase(partial(keras.optimizers.Adam, 1e-2), 1),)


@pytest.fixture(autouse=True)
def single_again():
    yield
    keras.config.set_dtype_policy("float32")


def unit_in(precision):
    recipe = replace(tiny.RECIPE, phases=ONCE, precision=precision)
    row = replace(tiny.ROW, recipe=recipe, name=f"In {precision}")
    return replace(tiny.unit(), row=row)


def test_every_run_has_the_precision_of_its_row_whatever_came_before(tmp_path):
    for precision, computed in (
        ("mixed_bfloat16", "bfloat16"),
        ("float32", "float32"),
    ):
        unit = unit_in(precision)
        entry = reproduce(unit, tmp_path, tiny.Noise(), "c")
        assert entry["experiment"].get("precision", "float32") == precision
        work = tmp_path / "work" / unit.folder / "seed0"
        model = keras.saving.load_model(work / "model.keras")
        (convolution,) = (
            x for x in leaves(model) if isinstance(x, keras.layers.Conv2D)
        )
        assert convolution.compute_dtype == computed
        assert {x.dtype for x in convolution.weights} == {"float32"}


def test_channels_are_computed_in_float32():
    keras.config.set_dtype_policy("mixed_bfloat16")
    networks = build(unit_in("mixed_bfloat16").row, 2)
    assert networks.front_end.output.dtype == "float32"
    assert networks.front_end.get_layer("normalize").compute_dtype == "float32"
