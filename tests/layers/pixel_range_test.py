from functools import partial

import cv2
import keras
import numpy as np
import pytest

from ferkeras.layers import InputChannels, PixelRange
from tests.layer_checks import check_layer, check_saving

CHANNELS = ("grey", "sobel_x", "sobel_y")
MAPPINGS = ("absolute", "minmax", "offset", "clip")
CAFFE_MEAN = (104.00699, 116.66877, 122.67892)
RNG = np.random.default_rng(0)
# Smooth, so that some derivatives are below 255 and some above.
IMAGES = np.stack(
    [cv2.resize(RNG.integers(0, 256, (5, 4), "uint8"), (9, 11))] * 3
)[..., None] // np.array([1, 2, 6], "uint8").reshape(3, 1, 1, 1)
DERIVED = keras.ops.convert_to_numpy(InputChannels(CHANNELS)(IMAGES))


def apply(inputs, *arguments, **keywords):
    layer = PixelRange(*arguments, **keywords)
    return keras.ops.convert_to_numpy(layer(np.array(inputs, "float32")))


def by_opencv(image, axis, mapping):
    sobel = partial(cv2.Sobel, image, dx=1 - axis, dy=axis, ksize=3)
    if mapping == "clip":
        return sobel(cv2.CV_8U)
    signed = sobel(cv2.CV_64F)
    if mapping == "absolute":
        return cv2.convertScaleAbs(signed)
    return cv2.normalize(signed, None, 0, 255, cv2.NORM_MINMAX)


@pytest.mark.parametrize("mapping", MAPPINGS)
def test_layer(mapping):
    check_layer(PixelRange(CHANNELS, mapping, mean=CAFFE_MEAN), DERIVED)


@pytest.mark.parametrize("mean", [None, CAFFE_MEAN, list(CAFFE_MEAN)])
def test_saving(mean, tmp_path):
    image = keras.Input(DERIVED.shape[1:])
    model = keras.Model(image, PixelRange(CHANNELS, "minmax", mean)(image))
    check_saving(model, DERIVED, tmp_path)


@pytest.mark.parametrize("mapping", ["absolute", "minmax", "clip"])
def test_derivatives_equal_opencv_with_borders(mapping):
    assert np.abs(DERIVED[..., 1:]).max() > 255
    ours = apply(DERIVED, CHANNELS, mapping)
    for axis in (0, 1):
        theirs = [by_opencv(image, axis, mapping) for image in IMAGES[..., 0]]
        np.testing.assert_allclose(ours[..., 1 + axis], theirs, atol=1e-4)


def test_four_values_by_hand():
    column = np.reshape([-1020, -100, 0, 300], (1, 4, 1, 1))

    def mapped(mapping):
        return apply(column, ["sobel_x"], mapping).ravel().tolist()

    assert mapped("absolute") == [255, 100, 0, 255]
    assert mapped("clip") == [0, 0, 0, 255]
    assert mapped("offset") == [0, 115, 127.5, 165]
    # Of the 1320 between the ends, 920 and 1020 have been passed.
    np.testing.assert_allclose(
        mapped("minmax"), [0, 255 * 920 / 1320, 255 * 1020 / 1320, 255], 1e-6
    )


@pytest.mark.parametrize("mapping", MAPPINGS)
def test_steepest_edges_stay_pixels_and_grey_stays_grey(mapping):
    # Black beside white and white beside black, upright and lying.
    edge = np.repeat([[0, 0, 255, 255, 0, 0]], 6, axis=0)
    images = np.stack([edge, edge.T])[..., None]
    channels = ("sobel_x", "grey", "sobel_y", "grey")
    inputs = keras.ops.convert_to_numpy(InputChannels(channels)(images))
    assert (inputs.min(), inputs.max()) == (-1020, 1020)
    outputs = apply(inputs, channels, mapping)
    assert (outputs[..., 1::2] == images).all()
    assert (outputs.min(), outputs.max()) == (0, 255)


def test_minmax_stretches_each_channel_of_each_image_alone():
    scales = np.array([0.01, 1, 3]).reshape(3, 1, 1, 1)
    ours = apply(DERIVED[:1] * scales, CHANNELS, "minmax")[..., 1:]
    np.testing.assert_allclose(ours, ours[[1, 1, 1]], atol=1e-3)
    assert (ours.min((1, 2)) == 0).all()
    np.testing.assert_allclose(ours.max((1, 2)), 255, 1e-6)


@pytest.mark.parametrize(
    "mapping,value", [("absolute", 0), ("minmax", 0), ("offset", 127.5)]
)
def test_flat_images_have_flat_derivatives(mapping, value):
    outputs = apply(np.zeros((2, 3, 3, 3)), CHANNELS, mapping)
    assert (outputs[..., 1:] == value).all()


def test_mean_is_subtracted_last():
    pixels = apply(DERIVED, CHANNELS)
    centred = apply(DERIVED, CHANNELS, mean=CAFFE_MEAN)
    np.testing.assert_allclose(pixels - centred, 0 * pixels + CAFFE_MEAN, 1e-4)


def test_works_as_the_normalization_of_a_row():
    layer = partial(PixelRange, CHANNELS)(dtype="float32", name="normalize")
    assert layer.name == "normalize" and layer.mapping == "absolute"


@pytest.mark.parametrize(
    "arguments,message",
    [
        (([],), r"`channels`.*Received: channels=\[\]"),
        ((["grey", "laplacian"],), "grey, sobel_x, sobel_y.*laplacian"),
        ((CHANNELS, "abs"), "absolute, minmax.*Received: mapping='abs'"),
        ((CHANNELS, "clip", [1.0]), r"3 channels.*Received: mean=\[1.0\]"),
    ],
)
def test_misuse(arguments, message):
    with pytest.raises(ValueError, match=message):
        PixelRange(*arguments)


def test_other_channels_than_named_are_refused():
    with pytest.raises(ValueError, match="grey, sobel_x.*Received: 1 channels"):
        apply(DERIVED[..., :1], CHANNELS)
