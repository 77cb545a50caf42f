import struct

import cv2
import numpy as np
import pytest

from ferkeras.data import face_crop
from ferkeras.data.face_crop import (
    OUTCOMES,
    crop_face,
    crop_faces,
    decode,
    find_faces,
)

HEIGHT, WIDTH = 240, 320
# Of the box that the cascade gives a drawn face, in its radius: how far left
# of and above the face's middle it starts, and its side.
LEFT, TOP, BOX = 1.08, 1.02, 2.18
RAMP = np.arange(200, dtype=np.uint8)[None].repeat(150, 0)


def draw_face(image, x, y, radius, skin=190):
    """Draw a frontal face, its middle at `(x, y)`, in place."""

    def oval(right, down, width, height, grey, start=0):
        middle = (round(x + right * radius), round(y + down * radius))
        axes = (round(width * radius), round(height * radius))
        cv2.ellipse(image, middle, axes, 0, start, 360, grey, -1, cv2.LINE_AA)

    oval(0, 0, 0.8, 1.05, skin)
    oval(0, -0.62, 0.78, 0.5, 60, start=180)  # hair
    for side in (-0.34, 0.34):
        oval(side, -0.12, 0.22, 0.12, skin - 80)  # socket
        oval(side, -0.12, 0.1, 0.09, 20)
        oval(side, -0.33, 0.2, 0.05, 50)  # brow
    oval(0, 0.15, 0.1, 0.2, skin + 20)  # nose
    oval(0, 0.3, 0.16, 0.05, skin - 60)
    oval(0, 0.55, 0.32, 0.08, 80)  # mouth


def scene(*faces, blur=2, height=HEIGHT, width=WIDTH):
    """A sloping background with faces `(x, y, radius)`."""
    image = np.empty((height, width), np.uint8)
    image[:] = np.linspace(80, 140, width)
    for face in faces:
        draw_face(image, *face)
    return cv2.GaussianBlur(image, (0, 0), blur)


def overlap(box, face):
    """Intersection over union of a found box and a drawn face's."""
    x, y, radius = face
    side = BOX * radius
    a = (x - LEFT * radius, y - TOP * radius, side)
    wide, high = (
        min(a[k] + side, box[k] + box[2]) - max(a[k], box[k]) for k in (0, 1)
    )
    shared = max(wide, 0) * max(high, 0)
    return shared / (side**2 + box[2] ** 2 - shared)


def encoded(image, suffix=".png"):
    return cv2.imencode(suffix, image)[1].tobytes()


def difference(a, b):
    """Mean distance of grey levels."""
    return np.abs(a.astype(float) - b).mean()


@pytest.mark.parametrize(
    "face", [(160, 120, 90), (120, 100, 60), (200, 130, 40), (70, 80, 50)]
)
@pytest.mark.parametrize("blur", [0.5, 2])
def test_a_drawn_face_is_found_where_it_is(face, blur):
    (box,) = find_faces(scene(face, blur=blur))
    assert overlap(box, face) > 0.85


def test_of_several_faces_the_largest_is_cropped():
    large, small = (210, 120, 70), (70, 100, 40)
    image = scene(large, small)
    boxes = find_faces(image)
    assert len(boxes) == 2
    assert overlap(boxes[0], large) > 0.8 and overlap(boxes[1], small) > 0.8
    crop, outcome = crop_face(image)
    assert outcome == "several faces"
    alone, outcome = crop_face(scene(large))
    assert outcome == "face"
    assert difference(crop, alone) < 5
    assert difference(crop, crop_face(scene(small))[0]) > 5


@pytest.mark.parametrize("turn", [1, -1])
def test_order_does_not_hang_on_the_detector(monkeypatch, turn):
    boxes = [(50, 0, 70, 70), (9, 40, 60, 60), (30, 2, 60, 60)]

    class Detector:
        def detectMultiScale(self, *args, **kwargs):
            return np.array(boxes[::turn])

    monkeypatch.setattr(face_crop, "cascade", Detector)
    assert find_faces(RAMP) == [(50, 0, 70), (9, 40, 60), (30, 2, 60)]


def test_without_a_face_the_whole_frame_is_taken():
    rng = np.random.default_rng(0)
    image = scene() + rng.integers(0, 100, (240, 320), np.uint8)
    crop, outcome = crop_face(image, 40)
    assert outcome == "no face"
    # By area: blocks of 6 x 8 pixels, as 240 x 320 is 40 x 40 of them.
    expected = image.reshape(40, 6, 40, 8).mean((1, 3))
    np.testing.assert_allclose(crop, expected, atol=0.51)


def test_a_face_of_less_than_a_fifth_is_not_looked_for():
    assert find_faces(scene((160, 120, 24), blur=0.5))
    assert not find_faces(scene((160, 120, 16), blur=0.5))


def test_a_face_fills_its_crop_and_a_margin_makes_it_smaller():
    image = scene((160, 120, 60))
    for margin in (0, 0.25):
        crop, outcome = crop_face(image, 48, margin)
        assert crop.shape == (48, 48) and crop.dtype == np.uint8
        assert outcome == "face"
        # The eyes are the darkest pixels below the hair, 0.68 radii apart.
        row = crop[14:24].min(0)
        left, right = row[:24].argmin(), 24 + row[24:].argmin()
        expected = 48 * 0.68 / BOX / (1 + 2 * margin)
        assert abs(right - left - expected) < 2.5


@pytest.mark.parametrize(
    "box,margin,expected",
    [
        ((50, 60, 48), 0, (50, 98)),
        ((50, 60, 24), 0.5, (38, 86)),
        # Moved to the right and down: it starts at -4.
        ((20, 4, 16), 1, (4, 52)),
        ((4, 4, 24), 0.5, (0, 48)),
        # Moved to the left and up.
        ((170, 120, 24), 0.5, (152, 200)),
    ],
)
def test_margin_is_a_share_of_the_box_and_stays_in_the_image(
    monkeypatch, box, margin, expected
):
    monkeypatch.setattr(face_crop, "find_faces", lambda image: [box])
    crop, _ = crop_face(RAMP, 48, margin)
    assert (crop == np.arange(*expected)).all()
    down, _ = crop_face(RAMP.T.copy(), 48, margin)
    assert (down[:, :1] == down).all()


def test_a_box_wider_than_the_image_is_made_smaller(monkeypatch):
    monkeypatch.setattr(face_crop, "find_faces", lambda image: [(20, 10, 130)])
    crop, _ = crop_face(RAMP, 150, 0.2)
    # 182 pixels have no place in 150 rows; the face's middle stays, at 85.
    assert (crop == np.arange(10, 160)).all()


def test_enlarged_faces_are_smooth(monkeypatch):
    monkeypatch.setattr(face_crop, "find_faces", lambda image: [(50, 60, 24)])
    crop, _ = crop_face(10 * (RAMP % 25), 48, 0)
    row = crop[0, 1:-1].astype(int)
    assert (np.diff(row) == 5).all()


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
@pytest.mark.parametrize("share", [0, 0.001, 0.5, 0.9, 0.999])
def test_truncated_files_are_refused(suffix, share):
    file = encoded(scene((160, 120, 60)), suffix)
    file = file[: int(share * len(file))]
    with pytest.raises(ValueError, match="cut short.*Received: [0-9]+ bytes"):
        decode(file)


def test_padded_jpeg_is_whole():
    image = scene((160, 120, 60))
    decoded = decode(encoded(image, ".jpg") + bytes(1000))
    assert difference(decoded, image) < 1


def test_what_is_no_image_is_refused():
    with pytest.raises(ValueError, match="no image.*b'<html><h'"):
        decode(b"<html><head>Not found</head></html>")


def test_other_values_are_refused():
    image = np.zeros((8, 8), np.float32)
    with pytest.raises(ValueError, match="8 or 16 bits.*Received: float32"):
        decode(encoded(image, ".tiff"))


def test_photographs_are_turned_upright():
    image = scene((110, 120, 60))
    # An EXIF block with one entry: orientation 6, a quarter turn clockwise.
    tiff = b"II*\0\x08\0\0\0" + struct.pack("<HHHIHHI", 1, 274, 3, 1, 6, 0, 0)
    exif = b"Exif\0\0" + tiff
    header = b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    file = encoded(np.rot90(image), ".jpg")
    decoded = decode(file[:2] + header + file[2:])
    assert decoded.shape == image.shape
    assert difference(decoded, image) < 1


def test_files_are_cropped_in_order_and_counted():
    face, both = (160, 120, 60), ((210, 120, 70), (70, 100, 40))
    images = [scene(face), scene(), scene(*both), scene(face, blur=1)]
    colour = cv2.cvtColor(images[0], cv2.COLOR_GRAY2BGR)
    deep = images[0].astype(np.uint16) * 257
    crops, counts = crop_faces(
        [encoded(each) for each in (*images, colour, deep)], 32, 0
    )
    assert crops.shape == (6, 32, 32, 1) and crops.dtype == np.uint8
    assert counts == {"face": 4, "several faces": 1, "no face": 1}
    for crop, image in zip(crops, images, strict=False):
        assert (crop[..., 0] == crop_face(image, 32, 0)[0]).all()
    assert (crops[4] == crops[0]).all() and (crops[5] == crops[0]).all()


def test_nothing_to_crop():
    crops, counts = crop_faces([])
    assert crops.shape == (0, 48, 48, 1)
    assert counts == dict.fromkeys(OUTCOMES, 0)


def test_the_file_that_cannot_be_decoded_is_named():
    file = encoded(scene())
    with pytest.raises(ValueError, match=r"files\[1\]: the file is empty"):
        crop_faces([file, file[:-20]])
