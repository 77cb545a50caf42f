"""Probabilities of networks whose logits are known."""

import dataclasses

import keras
import numpy as np
import pytest
from scipy.special import softmax

from ferkeras.training import evaluate
from ferkeras.training.build import build
from tests import tiny

FACES = tiny.faces("test")


@pytest.fixture(scope="module")
def networks():
    """Networks that say the first two numbers of the transform."""
    networks = build(tiny.ROW, 2)
    inputs = networks.front_end.input
    training = keras.Model(inputs, inputs["transform"][:, :2])
    return dataclasses.replace(networks, training=training)


def drawn_from(rng, count, size):
    """Three views an image, transforms of random numbers."""
    assert (count, size) == (90, 12)
    return rng.normal(0, 2, (3, count, 6)).astype("float32")


def test_without_views_images_are_scored_as_they_are(networks):
    # The identity begins with 1, 0.
    found = evaluate.probabilities(networks, FACES)
    np.testing.assert_allclose(found, np.tile(softmax([1, 0]), (90, 1)), 1e-6)


def test_an_image_has_four_tenths_and_the_mean_of_its_views_six(networks):
    found = evaluate.probabilities(networks, FACES, drawn_from, seed=3)
    views = drawn_from(np.random.default_rng(3), 90, 12)[..., :2]
    powers = np.exp(views)
    shares = powers / powers.sum(-1, keepdims=True)
    expected = 0.4 * softmax([1, 0]) + 0.6 * shares.mean(0)
    np.testing.assert_allclose(found, expected, 1e-5)
    np.testing.assert_allclose(found.sum(-1), 1, 1e-6)
    other = evaluate.probabilities(networks, FACES, drawn_from, seed=4)
    assert np.abs(other - found).max() > 0.1


def test_of_raw_scores_the_views_mean_is_taken_before_the_softmax(networks):
    found = evaluate.probabilities(
        networks, FACES, drawn_from, seed=3, raw_scores=True
    )
    views = drawn_from(np.random.default_rng(3), 90, 12)[..., :2]
    powers = np.exp((views[0] + views[1] + views[2]) / 3)
    expected = powers / powers.sum(-1, keepdims=True)
    np.testing.assert_allclose(found, expected, 1e-5)
    # Not the mean of probabilities, and the image itself has no share.
    shares = softmax(views, axis=-1).mean(0)
    assert np.abs(found - shares).max() > 0.1


def test_outputs_keep_the_order_of_images_over_batches(networks):
    transforms = np.arange(90 * 6, dtype="float32").reshape(90, 6)
    found = evaluate.outputs(networks, FACES, transforms, batch_size=40)
    assert (found == transforms[:, :2]).all()
