"""Boxes and bars in pictures, and where they are written."""

import cv2
import numpy as np
import pytest
from PIL import Image

from ferkeras.trained.annotate import MARK, Album, annotated, partial_of
from ferkeras.trained.predict import Prediction
from tests.photos import write_video

pytestmark = pytest.mark.any_backend
YELLOW = (255, 212, 0)
SHARES = {"happy": 0.75, "sad": 0.15, "calm": 0.1, "cross": 0.0}


def face(source="a.jpg", box=(100, 50, 200, 240), frame=0, seconds=None):
    return Prediction(source, frame, seconds, box, 0.9, "happy", SHARES)


def test_the_box_is_drawn_and_the_rest_is_left():
    grey = np.full((500, 600, 3), 90, np.uint8)
    drawn = annotated(grey, [face()])
    for x, y in [(100, 50), (300, 50), (100, 290), (200, 50), (100, 170)]:
        assert tuple(drawn[y, x]) == YELLOW
    changed = (drawn != grey).any(-1)
    # Nothing within, above or beside; the bars are below.
    assert not changed[60:280, 110:290].any()
    assert not changed[:45].any() and not changed[:, 310:].any()
    assert changed[292:320, 101:299].all()
    assert (grey == 90).all()


def test_bars_are_as_long_as_the_probabilities():
    grey = np.full((500, 600, 3), 90, np.uint8)
    drawn = annotated(grey, [face()]).astype(int)
    # How yellow the lower edge of each bar is, where no words are.
    yellow = drawn[..., 0] - drawn[..., 2] > 60
    below = yellow[295:, 100:300].sum(1)
    lengths = {
        length for length in (150, 30, 20) if (abs(below - length) < 4).any()
    }
    assert lengths == {150, 30, 20}


@pytest.mark.parametrize("box", [(100, 250, 200, 240), (0, 0, 600, 500)])
def test_bars_stay_in_the_picture(box):
    grey = np.full((500, 600, 3), 90, np.uint8)
    drawn = annotated(grey, [face(box=box)])
    assert (drawn[:, :, 0].astype(int) - drawn[..., 2] > 60).sum() > 2000


def test_small_pictures_are_enlarged_and_others_not():
    for side, larger in [(48, 9), (399, 2), (400, 1), (4000, 1)]:
        image = np.zeros((side // 2, side, 3), np.uint8)
        size = (side // 2 * larger, side * larger, 3)
        assert annotated(image, [Prediction("a.jpg")]).shape == size
    drawn = annotated(
        np.zeros((40, 40, 3), np.uint8), [face(box=(4, 4, 30, 30))]
    )
    assert tuple(drawn[40, 40]) == tuple(drawn[40, 340]) == YELLOW


def test_pictures_keep_their_names_below_the_folder(tmp_path):
    sources = [tmp_path / name for name in ("in/a.jpg", "in/b/a.png", "c.jpg")]
    pixels = np.full((500, 600, 3), 90, np.uint8)
    with Album(tmp_path / "out", sources, 1) as album:
        for source in sources:
            album.add([face(str(source))], pixels)
    found = {
        str(path.relative_to(tmp_path / "out"))
        for path in (tmp_path / "out").rglob("*.*")
    }
    assert found == {MARK, "in/a.jpg", "in/b/a.png.jpg", "c.jpg"}
    drawn = cv2.imread(str(tmp_path / "out" / "c.jpg"))[..., ::-1]
    expected = annotated(pixels, [face()])
    assert np.abs(drawn.astype(int) - expected).mean() < 2


def test_the_folder_of_the_pictures_is_refused(tmp_path):
    sources = [tmp_path / "a.jpg", tmp_path / "b" / "c.jpg"]
    with pytest.raises(ValueError, match="might be lost"):
        Album(tmp_path / "b" / "..", sources, 1)


def test_videos_and_animated_files_become_videos(tmp_path):
    write_video(tmp_path / "a.mp4")
    images = [Image.new("L", (50, 40), grey) for grey in (0, 100, 200)]
    images[0].save(
        tmp_path / "b.gif",
        save_all=True,
        append_images=images[1:],
        duration=500,
    )
    sources = [tmp_path / "a.mp4", tmp_path / "b.gif"]
    with Album(tmp_path / "out", sources, 2) as album:
        for source in sources:
            for frame in range(0, 10, 2):
                grey = np.full((400, 401, 3), 20 * frame, np.uint8)
                album.add([face(str(source), None, frame, frame / 5)], grey)
    for name, rate in [("a.mp4", 2.5), ("b.gif.mp4", 1)]:
        video = cv2.VideoCapture(str(tmp_path / "out" / name))
        assert video.get(cv2.CAP_PROP_FPS) == pytest.approx(rate)
        for frame in range(0, 10, 2):
            read, image = video.read()
            assert read and image.shape[0] == 400
            assert abs(image.mean() - 20 * frame) < 6
        assert not video.read()[0]


def test_what_cannot_be_drawn_is_told_and_the_rest_goes_on(
    tmp_path, monkeypatch
):
    write_video(tmp_path / "a.mp4")
    write_video(tmp_path / "b.mp4")
    names = "a.mp4", "long.png", "b.mp4", "c.png"
    sources = [tmp_path / name for name in names]
    pixels = np.zeros((400, 401, 3), np.uint8)
    long = np.zeros((65_501, 4, 3), np.uint8)
    with Album(tmp_path / "out", sources, 1) as album:
        album.add([face(str(sources[0]), None, 0, 0.0)], pixels)
        # As on a disk that is full: OpenCV says nothing.
        album.video.release()
        partial_of(album.path).write_bytes(b"half")
        album.add([face(str(sources[1]), None)], long)
        with monkeypatch.context() as patch:
            patch.setattr(cv2, "VideoWriter", NoWriter)
            for frame in (0, 1):
                found = face(str(sources[2]), None, frame, 0.2 * frame)
                album.add([found], pixels)
        album.add([face(str(sources[3]), None)], pixels)
    there = {path.name for path in (tmp_path / "out").iterdir()}
    assert there == {MARK, "c.png.jpg"}
    whys = "a.mp4: not written", "too large for a JPEG", "b.mp4: no video can"
    for source, why in zip(sources, whys, strict=False):
        assert why in album.failed.pop(str(source))
    assert not album.failed


class NoWriter:
    """A writer that does not open."""

    fourcc = cv2.VideoWriter.fourcc

    def __init__(self, *_):
        pass

    def isOpened(self):  # noqa: N802
        return False


def test_no_file_of_the_users_is_drawn_over(tmp_path):
    for name in ("p/a.jpg", "p/s/a.jpg", "p/s/b.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"mine")
    photos = [tmp_path / "p" / "a.jpg"]
    for sources in (photos, [*photos, tmp_path / "p" / "s" / "a.jpg"]):
        with pytest.raises(ValueError, match="has files of yours"):
            Album(tmp_path / "p" / "s", sources, 1)
    with pytest.raises(OSError), Album(tmp_path / "p" / "a.jpg", photos, 1):
        pass
    # What Finder leaves is nobody's.
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".DS_Store").touch()
    # Nor is one picture over another; but over itself, the next time.
    pixels = np.zeros((400, 401, 3), np.uint8)
    sources = [tmp_path / "p" / name for name in ("a.png", "a.png.jpg")]
    for _ in range(2):
        with Album(tmp_path / "out", sources, 1) as album:
            for source in sources:
                album.add([face(str(source), None)], pixels)
    there = {path.name for path in (tmp_path / "out").glob("*.jpg")}
    assert there == {"a.png.jpg", "a.png.jpg.jpg"}
