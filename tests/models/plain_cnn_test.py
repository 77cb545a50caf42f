"""Plain stacks in scoring: with and without what torch's `eval()` does."""

from functools import partial

import keras
import numpy as np
import pytest

from ferkeras.models import plain_cnn

small = partial(plain_cnn, (8, 8, 1), 3, filters=(4,), dense=(5,))
IMAGES = np.random.default_rng(0).normal(size=(6, 8, 8, 1)).astype("float32")


def reloaded(model, folder):
    model.save(folder / "model.keras")
    return keras.saving.load_model(folder / "model.keras")


@pytest.mark.parametrize("without", [False, True])
def test_dropout_works_in_scoring_only_without_eval(without, tmp_path):
    model = reloaded(small(dropout=0.5, without_eval=without), tmp_path)
    first, second = (model.predict(IMAGES, verbose=0) for _ in range(2))
    assert (first == second).all() == (not without)


@pytest.mark.parametrize("without", [False, True])
def test_other_images_matter_in_scoring_only_without_eval(without, tmp_path):
    model = small(batch_normalization=True, without_eval=without)
    model = reloaded(model, tmp_path)
    whole = model.predict(IMAGES, verbose=0)
    half = model.predict(IMAGES[:3], verbose=0)
    assert np.allclose(whole[:3], half, atol=1e-5) == (not without)
