"""Faces in two photographs, whole, turned, small, large and side by side."""

import cv2
import numpy as np
import pytest

from ferkeras.data.detect import SHOWN, Face, cut_out, detect_faces
from ferkeras.data.face_crop import find_faces
from tests import photos

pytestmark = pytest.mark.any_backend
NAMES = sorted(photos.BOXES)


@pytest.mark.parametrize("name", NAMES)
def test_one_face_is_found_where_it_is(name):
    (face,) = detect_faces(photos.photo(name))
    assert photos.near(face[:4], photos.BOXES[name])
    assert 0.9 < face.score <= 1


@pytest.mark.parametrize("factor", [0.2, 0.5, 2, 4])
@pytest.mark.parametrize("name", NAMES)
def test_it_is_found_in_small_and_large_photos(name, factor):
    image = cv2.resize(photos.photo(name), None, fx=factor, fy=factor)
    (face,) = detect_faces(image)
    assert photos.near(np.divide(face[:4], factor), photos.BOXES[name])


@pytest.mark.parametrize("name", NAMES)
def test_a_face_that_fills_a_large_photo_is_found(name):
    left, top, width, height = photos.BOXES[name]
    image = photos.photo(name)[top : top + height, left : left + width]
    (face,) = detect_faces(cv2.resize(image, None, fx=10, fy=10))
    assert photos.overlap(face[:4], (0, 0, 10 * width, 10 * height)) > 0.7


@pytest.mark.parametrize("name", NAMES)
def test_a_tilted_face_is_found_which_viola_and_jones_miss(name):
    image = photos.photo(name)
    left, top, width, height = photos.BOXES[name]
    centre = left + width / 2, top + height / 2
    turn = cv2.getRotationMatrix2D(centre, 30, 1)
    image = cv2.warpAffine(image, turn, image.shape[1::-1])
    (face,) = detect_faces(image)
    assert abs(face.left + face.width / 2 - centre[0]) < width / 4
    assert abs(face.top + face.height / 2 - centre[1]) < height / 4
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    assert not any(
        x < centre[0] < x + side and y < centre[1] < y + side
        for x, y, side in find_faces(grey)
    )


def test_several_faces_are_found_the_largest_first():
    image = photos.photo("grace_hopper.jpg")
    canvas = np.full((1400, 1800, 3), 120, np.uint8)
    expected = []
    for factor, left, top in [(1.5, 20, 100), (1, 900, 0), (0.25, 1500, 900)]:
        part = cv2.resize(image, None, fx=factor, fy=factor)
        height, width = part.shape[:2]
        canvas[top : top + height, left : left + width] = part
        box = np.multiply(photos.BOXES["grace_hopper.jpg"], factor)
        expected.append(box + (left, top, 0, 0))
    found = detect_faces(canvas)
    assert len(found) == 3
    for face, box in zip(found, expected, strict=True):
        assert photos.overlap(face[:4], box) > 0.7


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (64, 64), (700, 500)])
def test_no_face_is_found_where_there_is_none(shape):
    noise = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    assert detect_faces(noise) == []
    assert detect_faces(np.zeros((*shape, 3), np.uint8)) == []


def test_the_crop_is_the_square_around_the_box():
    rows, columns = np.mgrid[:100, :120]
    image = np.stack([columns, rows, columns], -1).astype(np.uint8)
    side = round(SHOWN * 40)
    crop = cut_out(image, Face(40, 30, 30, 50, 1), side)
    left, top = round(55 - side / 2), round(55 - side / 2)
    assert (crop == image[top : top + side, left : left + side]).all()


def test_beyond_the_edges_the_last_pixels_are_repeated():
    image = np.random.default_rng(0).integers(0, 256, (40, 30, 3), np.uint8)
    side = round(SHOWN * 60)
    wide = cv2.copyMakeBorder(image, 99, 99, 99, 99, cv2.BORDER_REPLICATE)
    for left, top in [(-20, -10), (5, 3), (28, 35)]:
        x, y = round(left + (60 - side) / 2), round(top + (60 - side) / 2)
        expected = wide[99 + y : 99 + y + side, 99 + x : 99 + x + side]
        found = cut_out(image, Face(left, top, 60, 60, 1), side)
        assert (found == expected).all()
