"""The front end that XLA compiles, and the one that it does not."""

from dataclasses import replace
from functools import partial

import keras
import numpy as np
import pytest

from ferkeras.data import fastai_transforms
from ferkeras.layers.compiled import Compiled
from ferkeras.training import build as building
from ferkeras.training.build import build
from ferkeras.training.devices import on_processor
from tests import tiny

NARROW = replace(tiny.ROW, channels=("grey", "sobel_x", "sobel_y"))
COLOUR = replace(
    tiny.ROW,
    channels=("red", "green", "blue"),
    recipe=replace(
        tiny.RECIPE, augment=partial(fastai_transforms, rotation=10, zoom=1.1)
    ),
)
ON_TENSORFLOW = keras.backend.backend() == "tensorflow" and on_processor()
on_a_processor = pytest.mark.skipif(
    not ON_TENSORFLOW, reason="elsewhere the whole step is compiled"
)


def parts(networks):
    return [x for x in networks.training.layers if isinstance(x, Compiled)]


@on_a_processor
@pytest.mark.parametrize("row,colours", [(NARROW, 1), (COLOUR, 3)])
def test_compiled_or_not_it_gives_the_same(row, colours, monkeypatch):
    rng = np.random.default_rng(0)
    networks = build(row, 2, colours, 24)
    inputs = {
        "image": rng.integers(0, 256, (300, 24, 24, colours), np.uint8),
        "transform": row.recipe.augment(rng, 300, 24),
    }
    seen = keras.Model(networks.training.input, parts(networks)[-1].output)
    plain = networks.front_end.predict(inputs, verbose=0)
    monkeypatch.setattr(building, "MANY_PIXELS", 300 * 24**2)
    networks.compile_front_end(300)
    assert [part.compiled for part in parts(networks)] == [True, True]
    compiled = seen.predict(inputs, verbose=0)
    np.testing.assert_allclose(compiled, plain, atol=1e-5)
    for part in parts(networks):
        assert part._compiled_layer.experimental_get_tracing_count()


def test_what_is_not_worth_it_is_not_compiled(monkeypatch):
    networks = build(tiny.ROW, 2)
    networks.compile_front_end(1000)
    assert not any(part.compiled for part in parts(networks))
    networks.compile_front_end(10**6)
    expected = ON_TENSORFLOW
    assert all(part.compiled == expected for part in parts(networks))


def test_training_has_the_variables_of_the_classifier_alone():
    networks = build(tiny.ROW, 2)
    assert [x.path for x in networks.training.variables] == [
        x.path for x in networks.classifier.variables
    ]


def test_a_copy_and_a_saved_model_give_the_same(tmp_path):
    networks = build(tiny.ROW, 2)
    copy = keras.models.clone_model(networks.training)
    copy.set_weights(networks.training.get_weights())
    networks.training.save(tmp_path / "training.keras")
    saved = keras.saving.load_model(tmp_path / "training.keras")
    inputs = {
        "image": tiny.faces("test").images,
        "transform": networks.plain(90),
    }
    before = networks.training.predict(inputs, verbose=0)
    for model in (copy, saved):
        found = model.predict(inputs, verbose=0)
        np.testing.assert_allclose(found, before, 1e-6)
    # What is exported knows nothing of it.
    assert not any(isinstance(x, Compiled) for x in networks.scoring.layers)
