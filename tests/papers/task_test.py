import numpy as np
import pytest

from ferkeras.papers import CLASSIFICATION, RECONSTRUCTION
from ferkeras.papers.task import bicubic
from tests import tiny

RNG = np.random.default_rng(0)


def keys(distance):
    """Cubic convolution of Keys (1981), a = -1/2."""
    x = abs(distance)
    if x < 1:
        return 1.5 * x**3 - 2.5 * x**2 + 1
    return -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2 if x < 2 else 0


def enlarging(side):
    """Matrix from `side` pixels to twice as many.

    Weights of pixels that are not there go to the others.
    """
    matrix = np.array(
        [
            [keys((new + 0.5) / 2 - 0.5 - old) for old in range(side)]
            for new in range(2 * side)
        ]
    )
    return matrix / matrix.sum(1, keepdims=True)


def test_enlarged_again_by_cubic_convolution():
    images = RNG.integers(0, 256, (3, 12, 8, 2), np.uint8)
    small = images.reshape(3, 6, 2, 4, 2, 2).mean((2, 4)) / 255
    rows, columns = enlarging(6), enlarging(4)
    expected = np.einsum("ri,cj,nijk->nrck", rows, columns, small)
    expected = expected.clip(0, 1)
    found = bicubic(images)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("grey", [0, 100, 255])
def test_a_constant_image_stays(grey):
    image = np.full((1, 6, 6, 3), grey, np.uint8)
    np.testing.assert_allclose(bicubic(image), grey / 255, atol=1e-6)


def test_targets_are_labels_or_the_images_themselves():
    faces = tiny.faces("train")
    assert (CLASSIFICATION.targets(faces) == faces.labels).all()
    assert RECONSTRUCTION.targets(faces) is faces.images


def test_scores_are_printed_in_their_units():
    assert CLASSIFICATION.printed(0.8976) == "89.8 %"
    assert RECONSTRUCTION.printed(16.42) == "16.4 dB"
