import json

import keras
import numpy as np
import pytest

from ferkeras.losses import PeakSignalToNoise, PixelLoss

# Pixels of 0.2 and 0.8, and of 0 and 1.
IMAGES = np.array([[[51], [204]], [[0], [255]]], np.uint8)[:, None]
# Errors 0.3 and -0.3, and 0.1 and 0.
GREY = np.array([[[0.5], [0.5]], [[0.1], [1.0]]], np.float32)[:, None]


def value(loss, images, reconstructions):
    return keras.ops.convert_to_numpy(loss(images, reconstructions))


def test_errors_by_hand():
    squared = PixelLoss(reduction="none")
    np.testing.assert_allclose(
        value(squared, IMAGES, GREY), [0.09, 0.005], 1e-6
    )
    absolute = PixelLoss(1, reduction="none")
    np.testing.assert_allclose(value(absolute, IMAGES, GREY), [0.3, 0.05], 1e-6)
    assert value(PixelLoss(1), IMAGES, GREY) == pytest.approx(0.175)


def test_a_grey_image_is_compared_with_each_colour():
    # Errors of the first image: 0.3 and -0.3, none, 0.8 and 0.2.
    colours = np.array([[0.5, 0.2, 1.0], [0.5, 0.8, 1.0]], np.float32)
    loss = value(PixelLoss(1), IMAGES[:1], colours[None, None])
    assert loss == pytest.approx((0.6 + 0 + 1.0) / 6)


def test_serialisation():
    loss = PixelLoss(1, reduction="sum", name="error")
    config = json.loads(json.dumps(keras.losses.serialize(loss)))
    again = keras.losses.deserialize(config)
    assert again.get_config() == loss.get_config()
    assert value(again, IMAGES, GREY) == value(loss, IMAGES, GREY)


@pytest.mark.parametrize("power", [0, 3])
def test_other_powers_are_refused(power):
    with pytest.raises(ValueError, match=f"1 or 2. Received: {power}"):
        PixelLoss(power)


def test_the_ratio_is_of_the_error_of_all_pixels():
    metric = PeakSignalToNoise()
    # Two batches, of errors 0.09 and 0.005: pooled, not a mean of decibels.
    for image, reconstruction in zip(IMAGES, GREY, strict=True):
        metric.update_state(image[None], reconstruction[None])
    expected = -10 * np.log10(0.0475)
    assert float(metric.result()) == pytest.approx(expected, rel=1e-5)


def test_ratio_of_the_printed_error():
    # mohana2023: a loss of 0.0228 is 16.42 dB.
    metric = PeakSignalToNoise()
    black = np.zeros((1, 8, 8, 1))
    metric.update_state(black, black + np.sqrt(np.float32(0.0228)))
    assert float(metric.result()) == pytest.approx(16.42, abs=0.005)
    metric.reset_state()
    metric.update_state(black, black)
    assert float(metric.result()) == pytest.approx(120)
