import cv2
import numpy as np
import pytest

from ferkeras.data import Faces, Source, face_crop, files_in_memory
from ferkeras.data.decode import resize
from ferkeras.data.face_crop import (
    OUTCOMES,
    crop_face,
    crop_faces,
    crop_source,
    find_faces,
)
from tests.scenes import encoded, scene

# Of the box that the cascade gives a drawn face, in its radius: how far left
# of and above the face's middle it starts, and its side.
LEFT, TOP, BOX = 1.08, 1.02, 2.18
RAMP = np.arange(200, dtype=np.uint8)[None].repeat(150, 0)


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
    crop, outcome = crop_face(image, 48)
    assert outcome == "several faces"
    alone, outcome = crop_face(scene(large), 48)
    assert outcome == "face"
    assert difference(crop, alone) < 5
    assert difference(crop, crop_face(scene(small), 48)[0]) > 5


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


def test_a_face_fills_its_crop_and_a_margin_makes_it_smaller(monkeypatch):
    image = scene((160, 120, 60))
    for margin in (0, 0.25):
        monkeypatch.setattr(face_crop, "MARGIN", margin)
        crop, outcome = crop_face(image, 48)
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
    monkeypatch.setattr(face_crop, "MARGIN", margin)
    crop, _ = crop_face(RAMP, 48)
    assert (crop == np.arange(*expected)).all()
    down, _ = crop_face(RAMP.T.copy(), 48)
    assert (down[:, :1] == down).all()


def test_a_box_wider_than_the_image_is_made_smaller(monkeypatch):
    monkeypatch.setattr(face_crop, "find_faces", lambda image: [(20, 10, 130)])
    monkeypatch.setattr(face_crop, "MARGIN", 0.2)
    crop, _ = crop_face(RAMP, 150)
    # 182 pixels have no place in 150 rows; the face's middle stays, at 85.
    assert (crop == np.arange(10, 160)).all()


def test_enlarged_faces_are_smooth(monkeypatch):
    monkeypatch.setattr(face_crop, "find_faces", lambda image: [(50, 60, 24)])
    monkeypatch.setattr(face_crop, "MARGIN", 0)
    crop, _ = crop_face(10 * (RAMP % 25), 48)
    row = crop[0, 1:-1].astype(int)
    assert (np.diff(row) == 5).all()


def faces_of_images(images):
    """`Faces` of photographs; only the last is another person's."""
    count = len(images)
    subjects = np.array(["S1"] * (count - 1) + ["S2"])
    return Faces(images, np.arange(count) % 2, np.arange(count) * 3, subjects)


def test_faces_are_cropped_in_order_and_counted():
    face, both = (160, 120, 60), ((210, 120, 70), (70, 100, 40))
    images = [scene(face), scene(), scene(*both), scene(face, blur=1)]
    colour = cv2.cvtColor(images[0], cv2.COLOR_GRAY2BGR)
    deep = images[0].astype(np.uint16) * 257
    files = [encoded(each) for each in (*images, colour, deep)]
    photographs = faces_of_images(files_in_memory(files))
    cropped, counts = crop_faces(photographs, 32)
    crops = cropped.images
    assert crops.shape == (6, 32, 32, 1) and crops.dtype == np.uint8
    assert counts == dict(zip(OUTCOMES, (4, 1, 1, 0), strict=True))
    for crop, image in zip(crops, images, strict=False):
        assert (crop[..., 0] == crop_face(image, 32)[0]).all()
    assert (crops[4] == crops[0]).all() and (crops[5] == crops[0]).all()
    assert cropped[1:] == photographs[1:]


def test_pixels_are_cropped_as_files_are():
    images = np.stack([scene((160, 120, 60)), scene()])
    files = files_in_memory([encoded(image) for image in images])
    of_files, counts = crop_faces(faces_of_images(files), 48)
    of_pixels, same_counts = crop_faces(faces_of_images(images[..., None]), 48)
    assert (of_files.images == of_pixels.images).all()
    assert counts == same_counts
    assert counts == dict(zip(OUTCOMES, (1, 0, 1, 0), strict=True))


def test_only_what_a_box_shows_is_looked_at():
    large, small = (210, 120, 70), (70, 100, 40)
    image = scene(large, small)
    boxes = np.array([(0, 0, 130, 240), (120, 20, 200, 200)])
    files = files_in_memory([encoded(image)] * 2, boxes)
    faces, counts = crop_faces(faces_of_images(files), 48)
    assert counts["face"] == 2
    for crop, part in zip(
        faces.images[..., 0],
        (image[:, :130], image[20:220, 120:]),
        strict=True,
    ):
        assert (crop == crop_face(part, 48)[0]).all()


def test_nothing_to_crop():
    nothing = Faces(files_in_memory([]), np.empty(0, int), np.empty(0, int))
    faces, counts = crop_faces(nothing, 48)
    assert faces.images.shape == (0, 48, 48, 1)
    assert counts == dict.fromkeys(OUTCOMES, 0)


def test_the_image_that_cannot_be_decoded_is_named():
    def read(split):
        files = [encoded(scene())] * 2
        if split == "test":
            files[1] = encoded(scene())[:-20]
        return faces_of_images(files_in_memory(files))

    source = Source("some/photos", "1", ("a", "b"), ("train", "test"), read)
    with pytest.raises(
        ValueError, match="some/photos, test, row 3: .*the file is cut short"
    ):
        crop_source(source, "some/photos/faces48", 48)


@pytest.mark.parametrize("shape", [(48, 48), (40, 31), (48, 20), (1, 1)])
def test_of_an_image_no_larger_than_the_crop_the_frame_is_taken(shape):
    small = RAMP[: shape[0], : shape[1]].copy()
    files = files_in_memory([encoded(scene()), encoded(small)])
    faces, counts = crop_faces(faces_of_images(files), 48)
    assert counts["too small to search"] == 1
    assert (faces.images[1, ..., 0] == resize(small, 48)).all()


def test_an_image_longer_than_the_crop_is_large_enough():
    assert crop_face(RAMP[:48, :49].copy(), 48)[1] == "no face"
