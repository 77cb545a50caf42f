import cv2
import keras
import numpy as np
import pytest

from ferkeras.layers import CHANNELS, COLOURS, InputChannels
from tests.layer_checks import check_layer, check_saving

IMAGES = np.random.default_rng(0).integers(0, 256, (4, 9, 7, 1), np.uint8)


def by_opencv(image, name):
    image = image.astype(np.float32)
    x = cv2.Sobel(image, cv2.CV_32F, 1, 0, ksize=3)
    y = cv2.Sobel(image, cv2.CV_32F, 0, 1, ksize=3)
    return {
        "grey": image,
        "sobel_x": x,
        "sobel_y": y,
        "laplacian": cv2.Laplacian(image, cv2.CV_32F, ksize=3),
        "laplacian_4": cv2.Laplacian(image, cv2.CV_32F, ksize=1),
        "gradient_magnitude": cv2.magnitude(x, y),
    }[name]


def apply(channels, images):
    return keras.ops.convert_to_numpy(InputChannels(channels)(images))


def test_layer():
    check_layer(InputChannels(CHANNELS), IMAGES)


def test_saving(tmp_path):
    image = keras.Input(IMAGES.shape[1:], dtype="uint8")
    model = keras.Model(image, InputChannels(CHANNELS)(image))
    check_saving(model, IMAGES, tmp_path)


@pytest.mark.parametrize("name", [x for x in CHANNELS if x not in COLOURS])
def test_every_channel_equals_opencv_with_borders(name):
    ours = apply([name], IMAGES)[..., 0]
    theirs = [by_opencv(image, name) for image in IMAGES[..., 0]]
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-4)


def test_ramp_has_constant_gradient_and_no_curvature():
    # Columns rise by 3: each Sobel row sums weights 1 + 2 + 1 over two columns.
    ramp = np.broadcast_to(3.0 * np.arange(6), (1, 5, 6))[..., None]
    x, y, curvature = np.moveaxis(
        apply(["sobel_x", "sobel_y", "laplacian"], ramp), -1, 0
    )
    assert (x[:, :, 1:-1] == 4 * 2 * 3).all()
    assert (y == 0).all()
    assert (curvature[:, :, 1:-1] == 0).all()


def test_magnitude_has_a_finite_slope_on_a_flat_image():
    image = keras.Input((5, 5, 1))
    scale = keras.layers.Conv2D(1, 1)
    model = keras.Model(
        image, InputChannels(["gradient_magnitude"])(scale(image))
    )
    model.compile("sgd", "mse")
    flat = np.full((1, 5, 5, 1), 7.0)
    model.train_on_batch(flat, np.ones((1, 5, 5, 1)))
    assert np.isfinite(scale.get_weights()[0]).all()


@pytest.mark.parametrize("channels", [[], ["gray"], ["grey", "sobel"]])
def test_unknown_channels_are_refused(channels):
    with pytest.raises(ValueError, match="laplacian.*Received: channels="):
        InputChannels(channels)


COLOURED = np.random.default_rng(1).integers(0, 256, (4, 9, 7, 3), np.uint8)


def test_layer_of_colours():
    check_layer(InputChannels(COLOURS), COLOURED)


def test_colours_are_those_asked_for_in_their_order():
    assert (apply(COLOURS, COLOURED) == COLOURED).all()
    assert (apply(["blue", "red"], COLOURED) == COLOURED[..., [2, 0]]).all()


def test_a_grey_image_has_three_colours_alike():
    assert (apply(COLOURS, IMAGES) == IMAGES).all()
    assert apply(COLOURS, IMAGES).shape == (4, 9, 7, 3)
    # Beside derivatives too.
    both = apply(["green", "sobel_x"], IMAGES)
    assert (both[..., :1] == IMAGES).all()


@pytest.mark.parametrize("channels", [["grey"], ["red", "sobel_x"]])
def test_a_colour_image_has_no_other_channels(channels):
    message = "red, green, blue. Received: channels=.*" + channels[-1]
    with pytest.raises(ValueError, match=message):
        InputChannels(channels)(COLOURED)
