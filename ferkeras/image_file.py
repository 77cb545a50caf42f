"""One decoder for image files, whoever wrote them.

Without Keras and OpenCV, for those who read publishers' files.
"""

import io
import logging
import re
import stat
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

# By Pillow's names. Of several pictures in a file, the first is read.
FORMATS = (
    "AVIF",
    "BMP",
    "GIF",
    "JPEG",
    "JPEG2000",
    "PNG",
    "PPM",
    "SUN",
    "TIFF",
    "WEBP",
)
# What people name such files, in lower case.
SUFFIXES = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".pjpeg", ".pjp", ".mpo"),
    *(".png", ".apng", ".gif", ".bmp", ".dib", ".webp", ".avif"),
    *(".tif", ".tiff", ".jp2", ".j2k", ".jpc", ".jpf", ".jpx"),
    *(".pbm", ".pgm", ".ppm", ".pnm", ".ras", ".sr"),
)
# Twice Pillow's `MAX_IMAGE_PIXELS`, where it refuses too; decoding such an
# image takes some 2 GB.
MAX_PIXELS = 178_956_970
MAX_BYTES = 2**30
PNG_END = b"IEND\xaeB`\x82"
JPEG_SCAN, JPEG_END = b"\xda", b"\xff\xd9"
# How files of these formats begin, whole or not.
STARTS = (
    b"\xff\xd8",
    b"\x89PNG",
    b"GIF8",
    b"BM",
    b"RIFF",
    b"\xff\x4f\xff\x51",
    b"\0\0\0\x0cjP",
)
# What else is found under an image's name, by what it holds at which place.
OTHERS = (
    (0, b"8BPS", "a Photoshop file"),
    (0, b"gimp xcf", "a GIMP file"),
    (0, b"%PDF", "a PDF"),
    (0, b"PK\3\4", "a zip archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"BZh", "a bzip2 archive"),
    (0, b"\xfd7zXZ", "an xz archive"),
    (0, b"7z\xbc\xaf", "a 7z archive"),
    (0, b"Rar!", "a rar archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"version https://git-lfs", "a Git LFS pointer"),
    (0, b"\0\5\x16\7", "a side file of macOS"),
    (0, b"FUJIFILMCCD-RAW", "a camera's raw file"),
    (4, b"ftypcrx", "a camera's raw file"),
    (4, b"ftyphe", "HEIC"),
    (4, b"ftypmif1", "HEIC"),
    (4, b"ftypmsf1", "HEIC"),
    (4, b"ftypqt", "a video"),
    (4, b"ftypmp4", "a video"),
    (4, b"ftypisom", "a video"),
)
# By EXIF's number, what turns an image upright.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
COPY = "copy it again from where it came from, or leave it out"
SAVE = "save it as JPEG or PNG, or leave it out"

# What Pillow tells of large images and odd metadata changes no pixels.
warnings.filterwarnings("ignore", module=r"PIL\.")
logging.getLogger("PIL").addHandler(logging.NullHandler())


class ImageFileError(ValueError):
    """A file gives no pixels.

    Attributes:
        fault: what it is, in a few words, such as "cut short or damaged".
    """

    def __init__(self, fault: str, remedy: str, received: str) -> None:
        # All of them, as processes send exceptions by what they are made of.
        super().__init__(fault, remedy, received)
        self.fault = fault

    def __str__(self) -> str:
        fault, remedy, received = self.args
        return f"the file is {fault}: {remedy}. Received: {received}"


class Decoded(NamedTuple):
    """What a file shows.

    Attributes:
        pixels: uint8 `(height, width)` or `(height, width, 3)`, upright.
        format: one of `FORMATS`.
        dim: whether values of 16 bits are all below 2**14: so few bits, stored
            in the lower ones of 16, that the image is nearly black.
    """

    pixels: np.ndarray
    format: str
    dim: bool


def decode_file(
    file: bytes, colour: bool = False, on_white: bool = False
) -> Decoded:
    """Decode an image file to 8 bits.

    In grey, colours are weighed to luma; in colour, grey is repeated. An image
    is turned as its camera says. 16-bit values are brought to 8, so that both
    white and black stay what they are. Of a file of several pictures, such as
    an animation, the first is taken.

    Args:
        file: its bytes, of one of `FORMATS`.
        colour: whether to keep the colours.
        on_white: whether what is transparent becomes white; else, transparency
            is dropped.

    Raises:
        ImageFileError: for a file that is empty, cut short, damaged or no
            image, of over `MAX_PIXELS`, which its header tells, or with
            values other than of 8 or 16 bits.
    """
    received = f"{len(file)} bytes that begin with {file[:8]!r}"
    if not file:
        raise ImageFileError("empty", COPY, received)
    try:
        with Image.open(io.BytesIO(file), formats=FORMATS) as image:
            return _decode(image, file, colour, on_white)
    except ImageFileError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_large(str(error).partition(",")[0]) from error
    # Pillow lets through whatever its parsers meet in damaged files.
    except Exception as error:
        fault, remedy = "cut short or damaged", COPY
        if file.startswith((b"II", b"MM")):
            fault = "cut short, damaged or a TIFF of a rare kind"
        elif not file.startswith(STARTS) and not re.match(rb"P[1-6f]\s", file):
            fault, remedy = "no image", SAVE
            if other := other_kind(file):
                fault = f"no image but {other}"
        raise ImageFileError(fault, remedy, received) from error


def read_file(path: Path) -> bytes:
    """Read an image file.

    Raises:
        ImageFileError: where it cannot be read, or has over `MAX_BYTES`.
    """
    try:
        status = path.stat()
        if stat.S_ISREG(status.st_mode) and status.st_size <= MAX_BYTES:
            return path.read_bytes()
    except OSError as error:
        fault = f"not readable ({error.strerror})"
        raise ImageFileError(
            fault, "see its rights and that nothing moves it", str(path)
        ) from error
    if not stat.S_ISREG(status.st_mode):
        fault = "a folder, a pipe, a socket or a device"
        raise ImageFileError(fault, "name an image file", str(path))
    raise ImageFileError(
        f"of over {MAX_BYTES:,} bytes",
        "save it smaller",
        f"{status.st_size:,} bytes",
    )


def other_kind(file: bytes) -> str | None:
    """What a file is by its first 512 bytes, such as "a zip archive", or None.

    Formats of images are not told.
    """
    for place, mark, kind in OTHERS:
        if file[place : place + len(mark)] == mark:
            return kind
    start = file[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "a web page"
    return None if file[:512].strip(b"\0") else "zeros throughout"


def _decode(
    image: Image.Image, file: bytes, colour: bool, on_white: bool
) -> Decoded:
    if image.width * image.height > MAX_PIXELS:
        raise _too_large(f"{image.width} x {image.height} pixels")
    if not colour:
        # Of a JPEG, luma as it is stored.
        image.draft("L", image.size)
    name, of_16_bits = str(image.format), ";16" in str(image.tile)
    pixels = pixels_of(image, colour, on_white)
    dim = of_16_bits and bool(pixels.max() < 2**6)
    name = "JPEG" if name == "MPO" else name
    # Pillow takes all rows for enough, and zeros for a JPEG's last ones.
    if (name == "PNG" and PNG_END not in file) or (
        name == "JPEG" and not _jpeg_ends(file)
    ):
        raise EOFError
    return Decoded(pixels, name, dim)


def _jpeg_ends(file: bytes) -> bool:
    """Whether there is an end marker behind where the first scan begins."""
    at = 2
    while file[at : at + 1] == b"\xff" and file[at + 1 : at + 2] != JPEG_SCAN:
        length = int.from_bytes(file[at + 2 : at + 4])
        # Of fill bytes, the last is a marker's.
        at += 1 if file[at + 1 : at + 2] == b"\xff" else 2 + length
    return file.find(JPEG_END, at) > 0


def pixels_of(image: Image.Image, colour: bool, on_white: bool) -> np.ndarray:
    """Bring an image in Pillow to 8 bits, as `decode_file` describes it.

    Returns:
        uint8 `(height, width)`; in colour `(height, width, 3)`.

    Raises:
        ImageFileError: for values other than of 8 or 16 bits.
        Exception: whatever Pillow raises of damaged files.
    """
    image.load()
    name = image.format
    try:
        turn = TURNS.get(image.getexif().get(0x0112, 1))
    # Metadata that cannot be read turn nothing.
    except Exception:
        turn = None
    if turn is not None:
        image = image.transpose(turn)
    mode = image.mode
    # Pillow brings PGM of any depth above 8 bits to 16 of its 32.
    if mode.startswith("I;16") or (mode == "I" and name == "PPM"):
        to_8_bits = np.round(np.arange(2**16) / 257).astype(np.uint8)
        grey = to_8_bits[np.asarray(image)]
        return np.repeat(grey[..., None], 3, -1) if colour else grey
    if mode in ("I", "F"):
        kind = "whole numbers" if mode == "I" else "floating-point numbers"
        raise ImageFileError(
            f"of {kind} of 32 bits",
            "save it with 8 or 16 bits for a value",
            np.asarray(image).dtype.name,
        )
    if mode in ("La", "RGBa"):
        image = image.convert(mode[:-1] + "A")
    elif mode == "CMYK":
        image = image.convert("RGB")
    if on_white and image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return np.array(image.convert("RGB" if colour else "L"))


def _too_large(received: str) -> ImageFileError:
    return ImageFileError(
        f"of over {MAX_PIXELS:,} pixels", "save it smaller", received
    )
