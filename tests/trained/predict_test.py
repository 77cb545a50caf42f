"""Pictures in, predictions out: of faces, and of what has none."""

import cv2
import keras
import numpy as np
import pytest
from PIL import Image

import ferkeras
from ferkeras.data.decode import resize
from ferkeras.data.detect import cut_out, detect_faces
from ferkeras.trained import predict, zoo
from ferkeras.trained.predict import Prediction, Predictor
from tests import photos
from tests.photos import SIZE, brightness, write_video

HOPPER = "grace_hopper.jpg"


@pytest.fixture(scope="module")
def predictor():
    return Predictor(brightness())


def shares(face):
    return list(face.probabilities.values())


def test_a_photo_has_its_face_and_what_the_model_says_of_it(predictor):
    path = photos.path_of(HOPPER)
    (face,) = predictor(path)
    assert face.source == str(path)
    assert photos.near(face.box, photos.BOXES[HOPPER])
    assert (face.frame, face.seconds, face.error) == (0, None, "")
    assert all(isinstance(side, int) for side in face.box)
    image = photos.photo(HOPPER)
    (found,) = detect_faces(image)
    crop = cv2.cvtColor(cut_out(image, found, SIZE), cv2.COLOR_RGB2GRAY)
    expected = predictor.model.predict(crop[None, ..., None], verbose=0)[0]
    assert list(face.probabilities) == ["dark", "bright"]
    np.testing.assert_allclose(shares(face), expected, atol=0.02)
    assert face.label == ("dark", "bright")[expected.argmax()]
    assert 0.9 < face.score <= 1


def test_pictures_come_in_order_whatever_is_in_them(predictor, tmp_path):
    (tmp_path / "b.jpg").write_bytes(b"no image")
    (tmp_path / "c.txt").write_bytes(b"left out")
    Image.new("L", (60, 50), 90).save(tmp_path / "a.png")
    hopper = photos.photo(HOPPER)
    found = predictor(
        [np.hstack([hopper, hopper]), tmp_path, "gone.jpg", hopper]
    )
    assert [(x.source, x.label is None, x.error != "") for x in found] == [
        (0, False, False),
        (0, False, False),
        (str(tmp_path / "a.png"), True, False),
        (str(tmp_path / "b.jpg"), True, True),
        ("gone.jpg", True, True),
        (3, False, False),
    ]
    assert found[2] == Prediction(str(tmp_path / "a.png"))
    assert found[4].error == "No such file or directory"


def test_many_faces_are_each_their_own(predictor):
    # More than go through the model at once, and no multiple of it.
    greys = np.random.default_rng(0).integers(0, 256, 150)
    cropped = Predictor(predictor.model, cropped=True)
    found = cropped([np.full((9, 7), grey, np.uint8) for grey in greys])
    assert [x.source for x in found] == list(range(150))
    expected = 1 / (1 + np.exp(18 * (greys / 255 - 0.5)))
    dark = [x.probabilities["dark"] for x in found]
    np.testing.assert_allclose(dark, expected, atol=1e-5)


@pytest.mark.parametrize("colours", [1, 3])
def test_cropped_pictures_go_to_the_model_whole(colours):
    model = brightness(colours)
    picture = photos.photo(HOPPER)[:300]
    (face,) = Predictor(model, cropped=True)(picture)
    assert (face.box, face.score) == ((0, 0, 512, 300), None)
    pixels = resize(picture, SIZE)
    if colours == 1:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[..., None]
    expected = model.predict(pixels[None], verbose=0)[0]
    np.testing.assert_allclose(shares(face), expected, rtol=1e-5)


@pytest.mark.parametrize("code", [3, 6])
def test_the_box_is_that_of_the_upright_picture(predictor, tmp_path, code):
    turned = np.rot90(photos.photo(HOPPER), {3: 2, 6: 1}[code])
    exif = Image.Exif()
    exif[0x0112] = code
    Image.fromarray(turned.copy()).save(tmp_path / "a.jpg", exif=exif)
    (face,) = predictor(tmp_path / "a.jpg")
    assert photos.near(face.box, photos.BOXES[HOPPER])


def test_boxes_lie_within_the_picture(predictor):
    left, top, width, height = photos.BOXES[HOPPER]
    half = photos.photo(HOPPER)[top + 30 :, left + 30 : left + width + 20]
    (face,) = predictor(half)
    assert min(face.box) >= 0
    assert face.box[0] + face.box[2] <= half.shape[1]
    assert face.box[1] + face.box[3] <= half.shape[0]


def test_videos_have_a_row_a_frame(tmp_path):
    write_video(tmp_path / "a.mp4")
    predictor = Predictor(brightness(), cropped=True, every=3)
    found = predictor(str(tmp_path / "a.mp4"))
    assert [x.frame for x in found] == [0, 3, 6, 9]
    seconds = [x.seconds for x in found]
    np.testing.assert_allclose(seconds, [0, 0.6, 1.2, 1.8], atol=1e-3)
    assert [x.label for x in found] == ["dark", "dark", "dark", "bright"]


def test_pixels_are_kept_if_asked_for(predictor, tmp_path):
    images = [photos.photo(HOPPER), np.zeros((5, 5), np.uint8), "gone.jpg"]
    found = list(predictor.stream(images, keep_pixels=True))
    assert [len(predictions) for predictions, _ in found] == [1, 1, 1]
    assert (found[0][1] == images[0]).all()
    assert found[1][1].shape == (5, 5, 3)
    assert found[2][1] is None
    assert all(pixels is None for _, pixels in predictor.stream(images))


def test_opencv_has_its_threads_again(predictor, monkeypatch):
    cv2.setNumThreads(2)
    with pytest.raises(ValueError, match="Received: float64"):
        predictor([np.zeros((5, 5))])
    assert cv2.getNumThreads() == 2


def test_a_model_of_something_else_is_refused():
    inputs = keras.Input((8, 9, 1))
    with pytest.raises(ValueError, match=r"square.*Received.*8, 9, 1"):
        Predictor(keras.Model(inputs, keras.layers.Flatten()(inputs)))
    inputs = keras.Input((8, 8, 1))
    with pytest.raises(ValueError, match="class_names.*64 outputs.*has 0"):
        Predictor(keras.Model(inputs, keras.layers.Flatten()(inputs)))


def test_the_default_says_what_to_name_until_it_ships(monkeypatch):
    monkeypatch.setattr(zoo, "shipped", lambda: {"a2020/b": 0, "c2021/d": 0})
    with pytest.raises(ValueError, match="--model: a2020/b, c2021/d"):
        Predictor()
    loaded = []
    monkeypatch.setattr(zoo, "shipped", lambda: {"reference/fer2013-small": 0})
    monkeypatch.setattr(zoo, "load", lambda x: loaded.append(x) or brightness())
    Predictor()
    assert loaded == ["reference"]


def test_it_is_in_the_package():
    assert ferkeras.Predictor is predict.Predictor
