import cv2
import keras
import numpy as np
import pytest
from scipy import special

from ferkeras.data import NEUTRAL, random_affine
from ferkeras.layers import AffineWarp, PhotoWarp
from tests.layer_checks import check_layer, check_saving

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (3, 9, 11, 2), np.uint8)
UNCHANGED = np.tile(NEUTRAL, (3, 1))
SPREAD = [0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.02, 0.02, 0.4, 0.2]
TRANSFORMS = (UNCHANGED + RNG.normal(0, SPREAD, (3, 10))).astype(np.float32)


def warp(images, transforms):
    return keras.ops.convert_to_numpy(PhotoWarp()(images, transforms))


def light(pixels, brightness, contrast):
    """Pixels, changed in no other way."""
    row = [*NEUTRAL[:8], brightness, contrast]
    images = np.reshape(pixels, (1, 1, -1, 1)).astype(np.float32)
    return warp(images, np.array([row], np.float32)).ravel()


def test_layer():
    check_layer(PhotoWarp(), IMAGES, TRANSFORMS)


def test_saving(tmp_path):
    image = keras.Input(IMAGES.shape[1:], dtype="uint8")
    transform = keras.Input((10,))
    model = keras.Model([image, transform], PhotoWarp()(image, transform))
    check_saving(model, [IMAGES, TRANSFORMS], tmp_path)


@pytest.mark.parametrize("channels", [1, 3])
def test_neutral_row_returns_every_pixel_value_exactly(channels):
    values = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    images = np.tile(values, (1, 1, 1, channels))
    output = warp(images, NEUTRAL[None])
    assert output.dtype == np.float32
    assert (output == images).all()


@pytest.mark.parametrize(
    "ranges", [{"flip": 1}, {"rotation": 30}, {"zoom": 1.2}]
)
def test_affine_rows_do_what_affine_warp_does(ranges):
    images = RNG.integers(0, 256, (3, 12, 12, 3), np.uint8)
    affine = random_affine(np.random.default_rng(1), 3, 12, **ranges)
    rows = np.hstack([affine, UNCHANGED[:, 6:]])
    expected = keras.ops.convert_to_numpy(AffineWarp()(images, affine))
    np.testing.assert_allclose(warp(images, rows), expected, atol=1e-3)


@pytest.mark.parametrize("channels", [1, 3])
def test_homographies_equal_opencv_with_borders(channels):
    # Smooth, since OpenCV may round positions to 1/32 of a pixel.
    y, x = np.mgrid[:40, :40] / 40
    waves = [np.sin(3 * x + 2 * y), np.cos(2 * x - 3 * y), x * y]
    image = np.stack(waves[:channels], -1).astype(np.float32) * 100 + 128
    corners = np.array([[0, 0], [0, 39], [39, 0], [39, 39]], np.float32)
    for seed in range(5):
        offset = np.random.default_rng(seed).uniform(-8, 8, (4, 2))
        matrix = cv2.getPerspectiveTransform(
            corners, (corners + offset).astype(np.float32)
        )
        theirs = cv2.warpPerspective(
            image,
            matrix,
            (40, 40),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REFLECT,
        )
        row = np.array([*matrix.ravel()[:8], 0, 1], np.float32)
        ours = warp(image[None], row[None])[0]
        np.testing.assert_allclose(ours, theirs.reshape(ours.shape), atol=0.3)


def test_brightness_then_contrast_act_on_the_odds():
    # 51 is 1 to 4: times 3/2 is 3 to 8, and squared 9 to 64.
    lit = light([51], np.log(1.5), 2)
    np.testing.assert_allclose(lit, 255 * 9 / 73, rtol=1e-5)
    # Mid-grey becomes the share that brightness is the logit of.
    assert light([127.5], special.logit(0.6), 1) == pytest.approx(153)


def test_light_equals_a_formula_in_double_precision():
    pixels = np.arange(256)
    share = np.clip(pixels / 255, 1e-7, 1 - 1e-7)
    for brightness, contrast in RNG.uniform((-0.4, 0.8), (0.4, 1.25), (9, 2)):
        logit = contrast * (special.logit(share) + brightness)
        np.testing.assert_allclose(
            light(pixels, brightness, contrast),
            255 * special.expit(logit),
            atol=1e-3,
        )


def test_light_equals_fastai():
    # fastai 1.0.61: brightness(change=0.6), then contrast(scale=0.8).
    lit = light([0, 51, 127.5, 204, 255], np.log(1.5), 0.8)
    theirs = [0.0009, 79.8955, 147.9993, 205.8951, 254.9995]
    np.testing.assert_allclose(lit, theirs, atol=1e-3)


@pytest.mark.parametrize("brightness,contrast", [(0.4, 1), (0, 1.25)])
def test_each_image_has_light_of_its_own(brightness, contrast):
    rows = UNCHANGED.copy()
    rows[1, 8:] = brightness, contrast
    output = warp(IMAGES, rows)
    assert (output[[0, 2]] == IMAGES[[0, 2]]).all()
    changed = (IMAGES[1] > 5) & (IMAGES[1] < 100)
    assert (output[1] != IMAGES[1])[changed].all()


def test_transforms_of_another_width_are_an_error():
    with pytest.raises(ValueError, match=r"Received: .*\(3, 6\)"):
        PhotoWarp()(IMAGES, UNCHANGED[:, :6])
