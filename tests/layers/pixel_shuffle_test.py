import keras
import numpy as np
import pytest

from ferkeras.layers import PixelShuffle
from tests.layer_checks import check_layer, check_saving

# Whole numbers below 256: bfloat16 has them exactly.
IMAGES = np.arange(2 * 3 * 2 * 18).reshape(2, 3, 2, 18).astype("float32")


def shuffle(images, scale):
    return keras.ops.convert_to_numpy(PixelShuffle(scale)(images))


def test_layer():
    check_layer(PixelShuffle(3), IMAGES)


def test_saving(tmp_path):
    image = keras.Input((None, None, 18))
    model = keras.Model(image, PixelShuffle(3)(image))
    assert model.output.shape == (None, None, None, 2)
    check_saving(model, IMAGES, tmp_path)


def test_one_pixel_of_two_colours_by_hand():
    # Four numbers of the first colour, row by row, then four of the second.
    pixel = np.array([1, 2, 3, 4, 10, 20, 30, 40], "float32").reshape(
        1, 1, 1, 8
    )
    enlarged = shuffle(pixel, 2)
    assert enlarged[0, :, :, 0].tolist() == [[1, 2], [3, 4]]
    assert enlarged[0, :, :, 1].tolist() == [[10, 20], [30, 40]]


def test_equals_its_formula_and_not_tensorflows_order():
    enlarged = shuffle(IMAGES, 3)
    assert enlarged.shape == (2, 9, 6, 2)
    for n, h, w, c in np.ndindex(2, 3, 2, 2):
        for i, j in np.ndindex(3, 3):
            here = enlarged[n, h * 3 + i, w * 3 + j, c]
            assert here == IMAGES[n, h, w, c * 9 + i * 3 + j]
    tf = pytest.importorskip("tensorflow")
    theirs = tf.nn.depth_to_space(IMAGES, 3).numpy()
    assert theirs.shape == enlarged.shape and (theirs != enlarged).any()
    order = np.arange(18).reshape(2, 9).T.ravel()
    theirs = tf.nn.depth_to_space(IMAGES[..., order], 3).numpy()
    assert (theirs == enlarged).all()


def test_channels_that_make_no_squares():
    with pytest.raises(ValueError, match="multiple of 4.*Received: 18"):
        PixelShuffle(2)(IMAGES)
