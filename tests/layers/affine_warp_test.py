import keras
import numpy as np
from scipy import ndimage

from ferkeras.layers import AffineWarp
from tests.layer_checks import check_layer, check_saving

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (3, 8, 10, 2), np.uint8)
IDENTITY = np.tile(np.array([1, 0, 0, 0, 1, 0], np.float32), (3, 1))
TRANSFORMS = IDENTITY + RNG.normal(0, 0.3, (3, 6)).astype(np.float32)


def warp(images, transforms):
    return keras.ops.convert_to_numpy(AffineWarp()(images, transforms))


def test_layer():
    check_layer(AffineWarp(), IMAGES, TRANSFORMS)


def test_saving(tmp_path):
    image = keras.Input(IMAGES.shape[1:], dtype="uint8")
    transform = keras.Input((6,))
    model = keras.Model([image, transform], AffineWarp()(image, transform))
    check_saving(model, [IMAGES, TRANSFORMS], tmp_path)


def test_identity_returns_the_image_exactly():
    assert (warp(IMAGES, IDENTITY) == IMAGES).all()


def test_negative_x_mirrors_the_image_exactly():
    flip = IDENTITY * [-1, 1, 1, 1, 1, 1] + [0, 0, 9, 0, 0, 0]
    assert (warp(IMAGES, flip.astype("float32")) == IMAGES[:, :, ::-1]).all()


def test_whole_pixel_shift_repeats_the_edge():
    right = IDENTITY + np.array([0, 0, -1, 0, 0, 0], np.float32)
    shifted = warp(IMAGES, right)
    assert (shifted[:, :, 1:] == IMAGES[:, :, :-1]).all()
    assert (shifted[:, :, 0] == IMAGES[:, :, 0]).all()


def test_any_affine_equals_scipy_with_borders():
    # scipy's matrix acts on (row, column); its "reflect" repeats the edge.
    for image, (a, b, c, d, e, f), ours in zip(
        IMAGES, TRANSFORMS, warp(IMAGES, TRANSFORMS), strict=True
    ):
        for channel in range(2):
            theirs = ndimage.affine_transform(
                image[..., channel].astype(float),
                [[e, d], [b, a]],
                [f, c],
                order=1,
                mode="reflect",
            )
            np.testing.assert_allclose(ours[..., channel], theirs, atol=2e-3)
