"""Small image files of every format, and what people have in their place."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

# Bright at the top left, so that a turn shows; 60 wide and 40 high.
GREY = np.full((40, 60), 40, np.uint8)
GREY[:20, :30] = 200
COLOURS = np.dstack([GREY, GREY // 2 + 20, 255 - GREY])
ORIENTATION = 0x0112
# Suffix: Pillow's name of the format and options, each of them lossless.
LOSSLESS = {
    ".png": ("PNG", {}),
    ".apng": ("PNG", {}),
    ".bmp": ("BMP", {}),
    ".dib": ("BMP", {}),
    ".tif": ("TIFF", {}),
    ".tiff": ("TIFF", {"compression": "tiff_lzw"}),
    ".webp": ("WEBP", {"lossless": True}),
    ".jp2": ("JPEG2000", {}),
    ".j2k": ("JPEG2000", {"no_jp2": True}),
    ".ppm": ("PPM", {}),
    ".pnm": ("PPM", {}),
}
LOSSY = {
    ".jpg": ("JPEG", {}),
    ".jpeg": ("JPEG", {"progressive": True}),
    ".jpe": ("JPEG", {}),
    ".jfif": ("JPEG", {}),
    ".mpo": ("MPO", {}),
    ".gif": ("GIF", {}),
    ".avif": ("AVIF", {"quality": 100}),
}
FORMATS = LOSSLESS | LOSSY


def saved(image, suffix, **options):
    """Bytes of an image file.

    Args:
        image: a `PIL.Image.Image`, or an array.
        suffix: key of `FORMATS`.
        options: more of Pillow's.
    """
    if isinstance(image, np.ndarray):
        image = Image.fromarray(image)
    name, more = FORMATS[suffix]
    file = io.BytesIO()
    image.save(file, name, **more | options)
    return file.getvalue()


def turned(orientation, suffix=".jpg"):
    """`COLOURS`, to be turned as EXIF says."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return saved(
        COLOURS, suffix, exif=exif if "tif" in suffix else exif.tobytes()
    )


def png(width, height, content=b"", depth=8):
    """A PNG of that size, whatever its content is."""

    def chunk(name, data):
        code = zlib.crc32(name + data)
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", code)
        )

    head = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(content))
        + chunk(b"IEND", b"")
    )


def tiff(values, bits, kind=1):
    """A grey TIFF of one strip, whose samples are `values`' bytes.

    Args:
        values: array `(height, width)` in the byte order of the file.
        bits: of a sample.
        kind: 1 for whole numbers, 2 for signed ones, 3 for floating point.
    """
    height, width = values.shape
    data = values.tobytes()
    entries = {
        256: width,
        257: height,
        258: bits,
        259: 1,
        262: 1,
        273: 8,
        277: 1,
        278: height,
        279: len(data),
        339: kind,
    }
    table = b"".join(
        struct.pack("<HHII", tag, 4, 1, x) for tag, x in entries.items()
    )
    start = 8 + len(data)
    return (
        b"II*\0"
        + struct.pack("<I", start)
        + data
        + struct.pack("<H", len(entries))
        + table
        + bytes(4)
    )


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99)
VIDEO = b"\0\0\0\x14ftypqt  \0\0\0\0qt  " + bytes(99)
PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head></html>"
APPLE_DOUBLE = b"\0\5\x16\7\0\2\0\0Mac OS X        " + bytes(99)
