"""Tells the kind, size and faults of picture files without decoding them."""

import os
import struct
from typing import NamedTuple

import cv2
import numpy as np

JPEG_START, JPEG_END = b"\xff\xd8", b"\xff\xd9"
PNG_START, PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"
# The end marker need not be last: some programs pad their files.
TAIL = 1024
# Start of frame: 0xC0 to 0xCF but for two tables and a reserved marker.
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class Picture(NamedTuple):
    """What a file shows at its two ends.

    Attributes:
        fault: "empty", "cut short" or "no picture"; None for none of these.
        kind: "JPEG", "PNG" or "other".
        height: in pixels as stored, whatever its EXIF orientation; 0 for a
            fault.
        width: likewise.
    """

    fault: str | None
    kind: str = "other"
    height: int = 0
    width: int = 0


def probe(path):
    """Look at a picture file, of which only those of other kinds are decoded.

    Args:
        path: `pathlib.Path` of the file.

    Returns: a `Picture`.
    """
    with path.open("rb") as file:
        start = file.read(24)
        if start.startswith(JPEG_START):
            kind, end, size = "JPEG", JPEG_END, _jpeg_size(file)
        elif start.startswith(PNG_START):
            kind, end = "PNG", PNG_END
            size = struct.unpack(">II", start[16:].ljust(8, b"\0"))[::-1]
        else:
            kind, end, size = "other", b"", (0, 0)
        length = file.seek(0, os.SEEK_END)
        file.seek(max(0, length - TAIL))
        if not length:
            return Picture("empty")
        if end not in file.read():
            return Picture("cut short", kind)
    height, width = size if all(size) else _decoded_size(path)
    return Picture(None if height else "no picture", kind, height, width)


def _jpeg_size(file):
    """Walk over the segments of a JPEG file up to its frame."""
    file.seek(len(JPEG_START))
    while (head := file.read(4))[:1] == b"\xff" and len(head) == 4:
        _, marker, length = struct.unpack(">BBH", head)
        if marker == 0xFF:
            # A fill byte.
            file.seek(-3, os.SEEK_CUR)
        elif marker in JPEG_FRAMES:
            _, *size = struct.unpack(">BHH", file.read(5).ljust(5, b"\0"))
            return tuple(size)
        else:
            file.seek(length - 2, os.SEEK_CUR)
    return 0, 0


def _decoded_size(path):
    content = np.frombuffer(path.read_bytes(), np.uint8)
    try:
        pixels = cv2.imdecode(content, cv2.IMREAD_UNCHANGED)
    except cv2.error:
        # Such as a size that cannot be.
        pixels = None
    return (0, 0) if pixels is None else pixels.shape[:2]
