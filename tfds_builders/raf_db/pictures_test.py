"""Tests of reading the headers of pictures."""

import cv2
import numpy as np
import pytest

from tfds_builders.raf_db import pictures

# A start marker, a frame of 258 x 3 pixels (height x width), an end marker.
SMALL = b"\xff\xd8\xff\xc0\x00\x0b\x08\x01\x02\x00\x03\x01\x01\x11\x00\xff\xd9"
SHAPES = [(7, 300, 3), (300, 7, 3), (257, 256)]


def noise(shape):
    return np.random.default_rng(0).integers(0, 256, shape, np.uint8)


def encoded(suffix, shape, *options):
    return cv2.imencode(suffix, noise(shape), options)[1].tobytes()


BMP = encoded(".bmp", (40, 40))


@pytest.fixture
def probe(tmp_path):
    def probe(content):
        path = tmp_path / "picture"
        path.write_bytes(content)
        return pictures.probe(path)

    return probe


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "suffix, options, kind",
    [
        (".jpg", (), "JPEG"),
        (".jpg", (cv2.IMWRITE_JPEG_PROGRESSIVE, 1), "JPEG"),
        (".png", (), "PNG"),
        (".bmp", (), "other"),
        (".tiff", (), "other"),
    ],
)
def test_size_is_height_and_width(probe, suffix, options, kind, shape):
    picture = probe(encoded(suffix, shape, *options))
    assert picture == (None, kind, *shape[:2])


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_pixels_of_common_kinds_are_not_decoded(probe, monkeypatch, suffix):
    content = encoded(suffix, (9, 5, 3))
    monkeypatch.delattr(cv2, "imdecode")
    assert probe(content)[2:] == (9, 5)


def test_frame_of_a_jpeg_gives_height_first(probe):
    assert probe(SMALL) == (None, "JPEG", 258, 3)


@pytest.mark.parametrize(
    "segments",
    [
        # Application data that holds a frame, as EXIF thumbnails do.
        b"\xff\xe1\x00\x13" + SMALL[:-2] + b"\x00\x00",
        # Tables have markers among those of frames.
        b"\xff\xc4\x00\x05\x01\x02\x03",
        b"\xff\xcc\x00\x04\x01\x02",
        # Fill bytes.
        b"\xff\xff\xff",
        b"\xff\xfe\xff\xff" + bytes(65533),
    ],
)
def test_what_precedes_the_frame_is_walked_over(probe, segments):
    content = SMALL[:2] + segments + SMALL[2:]
    assert probe(content) == (None, "JPEG", 258, 3)


@pytest.mark.parametrize(
    "content, fault",
    [
        (b"", "empty"),
        (b"\xff\xd8", "cut short"),
        (SMALL[:-1], "cut short"),
        (SMALL[:9], "cut short"),
        (encoded(".jpg", (40, 40))[:-2], "cut short"),
        (encoded(".jpg", (40, 40))[:-2] + bytes(9), "cut short"),
        (encoded(".png", (40, 40))[:-2], "cut short"),
        (encoded(".png", (40, 40))[:16], "cut short"),
        (encoded(".png", (40, 40))[:900], "cut short"),
        (b"\xff\xd8\xff\xfe\x00\x02\xff\xd9", "no picture"),
        (b"<html>", "no picture"),
        (BMP[:40], "no picture"),
        # Sides of 2**30 pixels, which OpenCV refuses with an exception.
        (BMP[:18] + b"\0\0\0\x40" * 2 + BMP[26:], "no picture"),
    ],
)
def test_faults_are_told_and_have_no_size(probe, content, fault):
    picture = probe(content)
    assert picture.fault == fault
    assert picture[2:] == (0, 0)


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_bytes_after_the_end_marker_are_no_fault(probe, suffix):
    picture = probe(encoded(suffix, (9, 5)) + bytes(100))
    assert picture.fault is None
