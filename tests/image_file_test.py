"""What image files show, whoever wrote them."""

import os
import pickle
import resource
import struct
import time
import tracemalloc

import numpy as np
import pytest
from PIL import Image, ImageOps

from ferkeras import image_file
from ferkeras.image_file import ImageFileError, decode_file, read_file
from tests import files
from tests.files import COLOURS, FORMATS, GREY, LOSSLESS, saved

pytestmark = pytest.mark.any_backend


def close(a, b):
    """Whether two images differ by no more than a lossy format does."""
    return a.shape == b.shape and np.abs(a.astype(int) - b).mean() < 6


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_is_read_in_colour_and_in_grey(suffix):
    image = decode_file(saved(COLOURS, suffix), colour=True)
    assert not image.dim
    assert close(image.pixels, COLOURS)
    if suffix in LOSSLESS:
        assert (image.pixels == COLOURS).all()
    luma = COLOURS @ [0.299, 0.587, 0.114]
    assert close(decode_file(saved(COLOURS, suffix)).pixels, luma)


@pytest.mark.parametrize("suffix", [*LOSSLESS, ".jpg", ".gif", ".avif"])
def test_grey_is_read_as_it_is_and_repeated_in_colour(suffix):
    file = saved(GREY, suffix)
    grey = decode_file(file).pixels
    assert grey.dtype == np.uint8 and close(grey, GREY)
    assert (suffix not in LOSSLESS) or (grey == GREY).all()
    colours = decode_file(file, colour=True).pixels
    assert close(colours, np.dstack([GREY] * 3))


@pytest.mark.parametrize(
    "suffix", [".jpg", ".png", ".tif", ".webp", ".avif", ".mpo"]
)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_photographs_are_turned_upright(suffix, orientation):
    image = Image.fromarray(COLOURS)
    image.getexif()[files.ORIENTATION] = orientation
    expected = np.array(ImageOps.exif_transpose(image))
    found = decode_file(files.turned(orientation, suffix), colour=True)
    assert close(found.pixels, expected)


def test_damaged_metadata_turn_nothing():
    file = files.turned(6)
    place = file.index(b"Exif\0\0") + 6
    broken = file[:place] + b"\xff" * 9 + file[place + 9 :]
    assert close(decode_file(broken, colour=True).pixels, COLOURS)


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png", ".avif", ".tif"])
def test_of_several_pictures_the_first_is_read(suffix):
    others = [Image.fromarray(255 - COLOURS)]
    file = saved(COLOURS, suffix, save_all=True, append_images=others)
    assert close(decode_file(file, colour=True).pixels, COLOURS)


@pytest.mark.parametrize(
    "tail",
    [bytes(1000), files.VIDEO * 999, saved(255 - COLOURS, ".jpg")],
    ids=["padding", "motion photo", "second picture"],
)
@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_what_a_phone_appends_is_no_fault(suffix, tail):
    file = saved(COLOURS, suffix)
    assert close(decode_file(file + tail, colour=True).pixels, COLOURS)


@pytest.mark.parametrize(
    "mode, suffix",
    [
        *[("CMYK", ".jpg"), ("CMYK", ".tif"), ("P", ".png"), ("P", ".gif")],
        *[("RGBA", ".png"), ("RGBA", ".webp"), ("RGBA", ".tif")],
        *[("LA", ".png"), ("1", ".png"), ("1", ".tif")],
        ("RGBA", ".avif"),
    ],
)
def test_every_kind_of_colours_is_read(mode, suffix):
    file = saved(Image.fromarray(COLOURS).convert(mode), suffix)
    expected = np.array(Image.fromarray(COLOURS).convert(mode).convert("RGB"))
    assert close(decode_file(file, colour=True).pixels, expected)
    assert close(decode_file(file).pixels, expected @ [0.299, 0.587, 0.114])


DEEP = np.array([[0, 128, 129, 257, 32768, 65406, 65407, 65535]] * 8)


@pytest.mark.parametrize(
    "file",
    [
        saved(DEEP.astype(np.uint16), ".png"),
        saved(DEEP.astype(np.uint16), ".jp2"),
        files.tiff(DEEP.astype("<u2"), 16),
        b"P5 8 8 65535\n" + DEEP.astype(">u2").tobytes(),
    ],
    ids=["png", "jp2", "tiff", "pgm"],
)
def test_values_of_16_bits_are_brought_to_8(file):
    image = decode_file(file)
    assert (image.pixels == [0, 0, 1, 1, 128, 254, 255, 255]).all()
    assert not image.dim


@pytest.mark.parametrize("most", [15, 1023, 4095])
def test_a_pgm_of_few_levels_is_stretched(most):
    levels = np.linspace(0, most, 64).round().reshape(8, 8)
    values = levels.astype(np.uint8 if most < 256 else ">u2").tobytes()
    image = decode_file(b"P5 8 8 %d\n" % most + values)
    assert not image.dim
    assert np.abs(image.pixels - levels * 255 / most).max() <= 1


@pytest.mark.parametrize("bits, dim", [(10, True), (12, True), (16, False)])
@pytest.mark.parametrize("colour", [False, True])
def test_few_of_16_bits_are_told(bits, dim, colour):
    values = (GREY.astype(np.uint16) << (bits - 8)) + 1
    image = decode_file(saved(values, ".png"), colour)
    assert image.dim == dim


@pytest.mark.parametrize(
    "file, received",
    [
        (saved(GREY.astype(np.float32), ".tif"), "float32"),
        (saved(GREY.astype(np.int32), ".tif"), "int32"),
        (b"Pf 60 40 -1.0\n" + GREY.astype("<f4").tobytes(), "float32"),
    ],
)
def test_other_values_are_refused(file, received):
    message = f"8 or 16 bits.*Received: {received}"
    with pytest.raises(ImageFileError, match=message) as error:
        decode_file(file)
    assert "numbers of 32 bits" in error.value.fault


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("share", [0.002, 0.3, 0.6, 0.97])
def test_what_is_cut_short_gives_no_pixels(suffix, share):
    file = saved(COLOURS, suffix)
    file = file[: max(4, int(share * len(file)))]
    with pytest.raises(ImageFileError, match="leave it out. Received: [0-9]+"):
        decode_file(file)


@pytest.mark.parametrize(
    "file, fault",
    [
        (b"", "empty"),
        (b"<html><head>Not found</head></html>", "no image but a web page"),
        (b"\xef\xbb\xbf\r\n" + files.PAGE, "no image but a web page"),
        (files.HEIC, "no image but HEIC"),
        (files.VIDEO, "no image but a video"),
        (files.APPLE_DOUBLE, "no image but a side file of macOS"),
        (b"8BPS\0\1" + bytes(99), "no image but a Photoshop file"),
        (b"gimp xcf v011" + bytes(99), "no image but a GIMP file"),
        (b"PK\3\4" + bytes(99), "no image but a zip archive"),
        (b"%PDF-1.7\n", "no image but a PDF"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:00",
            "no image but a Git LFS pointer",
        ),
        (bytes(5000), "no image but zeros throughout"),
        (b"12, 13, 14\n", "no image"),
        (
            files.tiff(GREY.astype("<f8"), 64, 3),
            "cut short, damaged or a TIFF of a rare kind",
        ),
    ],
)
def test_what_is_no_image_is_told_for_what_it_is(file, fault):
    with pytest.raises(ImageFileError) as error:
        decode_file(file)
    assert error.value.fault == fault
    assert f"the file is {fault}: " in str(error.value)
    assert str(error.value).isprintable()


@pytest.mark.parametrize(
    "file",
    [
        files.png(60_000, 60_000, bytes(9999)),
        files.png(2**31 - 1, 2**31 - 1),
        files.png(14_000, 14_000),
        saved(GREY, ".gif").replace(struct.pack("<HH", 60, 40), b"\xff" * 4, 1),
        b"P5 60000 60000 255\n" + bytes(9999),
        files.tiff(np.zeros((1, 1), np.uint8), 8)
        .replace(
            struct.pack("<HHII", 256, 4, 1, 1),
            struct.pack("<HHII", 256, 4, 1, 60_000),
        )
        .replace(
            struct.pack("<HHII", 257, 4, 1, 1),
            struct.pack("<HHII", 257, 4, 1, 60_000),
        ),
        b"BM"
        + struct.pack("<IHHI", 999, 0, 0, 54)
        + struct.pack(
            "<IiiHHIIiiII", 40, 60_000, 60_000, 1, 24, 0, 0, 0, 0, 0, 0
        ),
    ],
    ids=["png", "huge png", "png of 196 million", "gif", "pgm", "tiff", "bmp"],
)
def test_a_size_beyond_the_limit_is_refused_by_the_header(file):
    assert len(file) < 11_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    tracemalloc.start()
    with pytest.raises(ImageFileError, match="of over 178,956,970 pixels"):
        decode_file(file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # Pillow imports further formats.
    assert peak < 2**22
    assert time.perf_counter() - start < 1
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert after - before < 2**15  # KiB


def test_a_file_of_too_many_bytes_is_not_read(tmp_path):
    path = tmp_path / "a.png"
    with path.open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(ImageFileError, match="Received: 1,099,511,627,776 by"):
        read_file(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(ImageFileError, match="readable.*Received: .*a.png"):
        read_file(tmp_path / "a.png")


def test_its_error_may_come_from_another_process():
    error = ImageFileError("empty", "copy it again", "0 bytes")
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error) and again.fault == "empty"


def test_a_jpeg_of_red_green_and_blue_has_the_same_luma():
    file = saved(COLOURS, ".jpg", keep_rgb=True, quality=100)
    assert close(decode_file(file).pixels, COLOURS @ [0.299, 0.587, 0.114])


def test_what_is_no_file_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "a.png")
    for path in (tmp_path / "a.png", tmp_path):
        with pytest.raises(ImageFileError, match="a folder, a pipe, a socket"):
            read_file(path)


def test_what_is_transparent_may_become_white():
    image = Image.fromarray(COLOURS).convert("RGBA")
    image.putalpha(Image.fromarray(np.where(GREY > 99, 0, 255).astype("uint8")))
    dropped, white = (
        decode_file(saved(image, ".png"), True, on_white).pixels
        for on_white in (False, True)
    )
    assert (dropped == COLOURS).all()
    assert (white[:20, :30] == 255).all()
    assert (white[20:] == COLOURS[20:]).all()


def test_pixels_may_be_drawn_on():
    decode_file(saved(COLOURS, ".png")).pixels[0] = 0


def test_the_limit_is_pillows():
    assert image_file.MAX_PIXELS == 2 * Image.MAX_IMAGE_PIXELS
