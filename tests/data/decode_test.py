import numpy as np
import pytest

from ferkeras.data.decode import decode, resize
from tests.scenes import encoded, scene


@pytest.mark.parametrize("suffix", [".png", ".tiff", ".bmp", ".pgm"])
def test_grey_files_are_read_as_they_are(suffix):
    image = scene((160, 120, 60))
    decoded = decode(encoded(image, suffix))
    assert decoded.dtype == np.uint8
    assert (decoded == image).all()


@pytest.mark.parametrize("factor", [1, 257])
def test_colours_become_luma(factor):
    # Blue, green, red; weights of ITU-R BT.601.
    blocks = np.zeros((3, 40, 40, 3))
    for channel in range(3):
        blocks[channel, ..., channel] = 200
    image = np.vstack(blocks) * factor
    image = image.astype(np.uint8 if factor == 1 else np.uint16)
    grey = decode(encoded(image))
    assert grey.dtype == np.uint8 and grey.shape == (120, 40)
    found = grey.reshape(3, -1)
    assert (np.ptp(found, 1) == 0).all()
    np.testing.assert_allclose(found[:, 0], [22.8, 117.4, 59.8], atol=1.5)


def test_transparency_is_dropped():
    image = np.full((20, 20, 4), 90, np.uint8)
    assert (decode(encoded(image)) == 90).all()


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_sixteen_bits_become_eight(suffix):
    image = np.array([[0, 128, 129, 257, 32768, 65406, 65407, 65535]] * 8)
    grey = decode(encoded(image.astype(np.uint16), suffix))
    assert (grey == [0, 0, 1, 1, 128, 254, 255, 255]).all()


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tiff", ".bmp", ".pgm"])
@pytest.mark.parametrize("share", [0.001, 0.5, 0.9, 0.999])
def test_truncated_files_are_refused(suffix, share):
    file = encoded(scene((160, 120, 60)), suffix)
    file = file[: int(share * len(file))]
    with pytest.raises(ValueError, match="cut short.* damaged.*: [0-9]+ bytes"):
        decode(file)


@pytest.mark.parametrize("factor", [1, 257])
def test_colours_are_kept_as_red_green_blue(factor):
    colours = np.random.default_rng(0).integers(0, 256, (12, 8, 3))
    deep = np.uint8 if factor == 1 else np.uint16
    # OpenCV writes blue first.
    file = encoded((colours[..., ::-1] * factor).astype(deep))
    image = decode(file, colour=True)
    assert image.dtype == np.uint8
    assert (image == colours).all()


def test_grey_in_colour_is_three_times_the_same():
    image = scene((160, 120, 60))
    assert (decode(encoded(image), colour=True) == image[..., None]).all()


@pytest.mark.parametrize("colour", [False, True])
def test_shrinking_takes_means_of_areas(colour):
    shape = (12, 8, 3) if colour else (12, 8)
    image = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    expected = image.reshape(4, 3, 4, 2, -1).mean((1, 3))
    result = resize(image, 4)
    assert result.shape == (4, 4, 3) if colour else (4, 4)
    assert np.abs(result.reshape(4, 4, -1) - expected).max() <= 0.5


def test_enlarging_is_linear():
    image = np.array([[0, 100], [100, 200]], np.uint8)
    # Pixels of the result are at -1/4, 1/4, 3/4 and 5/4 of the image's.
    slope = np.array([0, 25, 75, 100])
    assert (resize(image, 4) == slope + slope[:, None]).all()


def test_each_side_shrinks_or_grows_by_itself():
    image = np.array([[0, 40, 8, 0] * 2, [100, 140, 60, 40] * 2], np.uint8)
    # Means of pairs from left to right, and linear from top to bottom.
    share = np.array([0, 0.25, 0.75, 1])[:, None]
    top, bottom = np.array([20, 4, 20, 4]), np.array([120, 50, 120, 50])
    expected = top * (1 - share) + bottom * share
    assert np.abs(resize(image, 4) - expected).max() <= 0.5
    assert np.abs(resize(image.T, 4) - expected.T).max() <= 0.5


def test_an_image_of_the_size_stays_as_it_is():
    image = scene()[:48, :48]
    assert (resize(image, 48) == image).all()
