"""Videos, animated files and webcams are read by frame."""

import cv2
import numpy as np
import pytest
from PIL import Image

from ferkeras.data import media
from tests.photos import write_video

pytestmark = pytest.mark.any_backend


@pytest.mark.parametrize("every,numbers", [(1, range(10)), (4, (0, 4, 8))])
def test_a_video_is_read_by_frame_with_its_time(tmp_path, every, numbers):
    path = tmp_path / "a.mp4"
    write_video(path)
    assert media.extent(path, every) == (len(numbers), 5 / every)
    found = list(media.pictures([str(path)], every))
    assert [x.number for x in found] == [*numbers]
    for picture in found:
        assert picture.source == str(path)
        assert picture.seconds == pytest.approx(picture.number / 5, abs=1e-3)
        assert abs(picture.read().mean() - 20 * picture.number) < 6


@pytest.mark.parametrize("kind", ["avi", "mkv"])
def test_a_video_that_is_cut_short_has_its_frames_and_an_error(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    code = cv2.VideoWriter.fourcc(*"MJPG")
    video = cv2.VideoWriter(str(path), code, 5, (64, 48))
    for grey in range(50):
        video.write(np.full((48, 64, 3), grey, np.uint8))
    video.release()
    assert len(list(media.pictures([path], 1))) == 50
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    *some, last = media.pictures([path], 1)
    assert 10 < len(some) < 40 and all(x.read().shape for x in some)
    with pytest.raises(ValueError, match=f"ends after {len(some)} of 50"):
        last.read()


@pytest.mark.parametrize("at_rate", [5, 10])
def test_a_video_has_as_many_frames_as_it_has(tmp_path, monkeypatch, at_rate):
    """FFmpeg counts more, where frames are not evenly spaced."""
    path = tmp_path / "a.mkv"
    write_video(path)
    capture = cv2.VideoCapture

    class Estimated:
        def __init__(self, *source):
            self.video = capture(*source)

        def __getattr__(self, name):
            return getattr(self.video, name)

        def get(self, what):
            if what == cv2.CAP_PROP_FRAME_COUNT:
                return 2.0 * at_rate  # two seconds, as they are
            if what == cv2.CAP_PROP_FPS:
                return float(at_rate)
            return self.video.get(what)

    monkeypatch.setattr(cv2, "VideoCapture", Estimated)
    assert len(list(media.pictures([path], 1))) == 10


def test_a_videos_name_may_have_a_colon(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_video(tmp_path / "a.mp4")
    (tmp_path / "a.mp4").rename("12:30.mp4")
    assert len(list(media.pictures(["12:30.mp4"], 1))) == 10


@pytest.mark.parametrize("kind", ["webp", "gif"])
def test_frames_that_are_skipped_take_their_time(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    images = [Image.new("L", (50, 40), 50 * grey) for grey in range(4)]
    images[0].save(
        path,
        save_all=True,
        append_images=images[1:],
        duration=[100, 1000, 100, 100],
    )
    found = [x.seconds for x in media.pictures([path], 2)]
    assert found == pytest.approx([0, 1.1])


def test_a_missing_webcam_has_an_error():
    (picture,) = media.pictures([99], 1)
    with pytest.raises(ValueError, match="no webcam 99"):
        picture.read()


def test_a_webcam_is_read_as_a_video(tmp_path, monkeypatch):
    write_video(tmp_path / "a.mp4")
    opened = cv2.VideoCapture
    monkeypatch.setattr(
        cv2, "VideoCapture", lambda x: opened(str(tmp_path / "a.mp4"))
    )
    found = list(media.pictures([0], 5))
    assert [(x.source, x.number, x.seconds) for x in found] == [
        (0, 0, 0),
        (0, 5, 1),
    ]
    assert media.extent(0, 5) == (None, 5)
