from functools import partial

import keras
import numpy as np
import pytest

from ferkeras.data import (
    epoch_plan,
    no_augmentation,
    random_affine,
    scoring_batches,
    training_batches,
)
from tests import tiny

FACES = tiny.faces("train")


def arrays(batches):
    """Every batch as NumPy arrays: image, transform, label."""
    if isinstance(batches, keras.utils.PyDataset):
        batches = [batches[k] for k in range(len(batches))]
    return [
        tuple(
            keras.ops.convert_to_numpy(x)
            for x in (inputs["image"], inputs["transform"], labels)
        )
        for inputs, labels in batches
    ]


def an_epoch(seed, epoch):
    batches = training_batches(
        FACES, FACES.labels, tiny.RECIPE, seed, range(epoch, epoch + 1)
    )
    return arrays(batches)


def test_an_epoch_holds_every_image_once_with_its_label():
    images, _, labels = (
        np.concatenate(x) for x in zip(*an_epoch(0, 0), strict=True)
    )
    found = {image.tobytes(): k for k, image in enumerate(FACES.images)}
    order = [found[image.tobytes()] for image in images]
    assert sorted(order) == list(range(90))
    assert order != sorted(order)
    assert (labels == FACES.labels[order]).all()
    assert images.dtype == np.uint8


def test_batches_have_the_recipe_size_and_nothing_is_dropped():
    assert [len(x) for *_, x in an_epoch(0, 0)] == [20, 20, 20, 20, 10]


@pytest.mark.parametrize("other", [(0, 1), (1, 0)])
def test_another_epoch_or_seed_has_another_order_and_augmentation(other):
    first, second = an_epoch(0, 0)[0], an_epoch(*other)[0]
    assert (first[0] != second[0]).any()
    assert not np.isclose(first[1], second[1]).all()


def test_the_same_epoch_comes_again_whatever_came_before():
    whole = arrays(
        training_batches(FACES, FACES.labels, tiny.RECIPE, 0, range(2))
    )
    if keras.backend.backend() == "tensorflow":
        assert len(whole) == 10
        for a, b in zip(whole[5:], an_epoch(0, 1), strict=True):
            assert all((x == y).all() for x, y in zip(a, b, strict=True))
    for a, b in zip(an_epoch(0, 1), an_epoch(0, 1), strict=True):
        assert all((x == y).all() for x, y in zip(a, b, strict=True))


def test_every_backend_is_fed_what_the_plan_says():
    order, transforms = epoch_plan(90, 12, tiny.RECIPE.augment, 5, 2)
    images, given, _ = an_epoch(5, 2)[1]
    assert (images == FACES.images[order[20:40]]).all()
    assert (given == transforms[20:40]).all()


def test_scoring_batches_are_in_order_and_not_warped():
    batches = arrays(
        scoring_batches(FACES, FACES.labels, 50, no_augmentation(None, 90, 12))
    )
    assert [len(labels) for *_, labels in batches] == [50, 40]
    images = np.concatenate([image for image, *_ in batches])
    assert (images == FACES.images).all()
    assert (batches[0][1] == [1, 0, 0, 0, 1, 0]).all()


def test_plans_are_those_of_earlier_results():
    turned = partial(random_affine, rotation=10)
    order, transforms = epoch_plan(90, 12, turned, 5, 2)
    assert order[:6].tolist() == [37, 77, 88, 63, 28, 59]
    expected = 0.9979675, 0.06372501, -0.3393088, -0.06372501, 0.9979675
    np.testing.assert_allclose(transforms[0, :5], expected, atol=1e-6)
