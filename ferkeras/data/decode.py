"""Image files -> pixels of one size."""

import cv2
import numpy as np

JPEG_START, JPEG_END = b"\xff\xd8", b"\xff\xd9"
# The end marker need not be last: some programs pad their files.
TAIL = 1024


def decode(file: bytes, colour: bool = False) -> np.ndarray:
    """Decode an image file to 8 bits.

    In grey, colours are weighed to luma; in colour, grey is repeated.
    Transparency is dropped, a JPEG is turned as its camera says. 16-bit values
    are divided by 257, so that both white and black stay what they are.

    Args:
        file: bytes of a file of any format that OpenCV reads.
        colour: whether to keep the colours.

    Returns:
        uint8 `(height, width)`, 0-255; in colour `(height, width, 3)`, red,
        green and blue.

    Raises:
        ValueError: for a file that is empty, cut short or no image, and for
            values other than of 8 or 16 bits.
    """
    # OpenCV 4.10 fills what a JPEG lacks with whatever lies in memory.
    cut = file.startswith(JPEG_START) and JPEG_END not in file[-TAIL:]
    image = None
    if file and not cut:
        kind = cv2.IMREAD_COLOR if colour else cv2.IMREAD_GRAYSCALE
        image = cv2.imdecode(
            np.frombuffer(file, np.uint8), kind | cv2.IMREAD_ANYDEPTH
        )
    if image is None:
        raise ValueError(
            "the file is empty, cut short or no image: copy it again from the "
            "publisher's archive, or leave it out. "
            f"Received: {len(file)} bytes that begin with {file[:8]!r}"
        )
    if image.dtype == np.uint16:
        image = np.round(image / 257).astype(np.uint8)
    if image.dtype != np.uint8:
        raise ValueError(
            "an image must have values of 8 or 16 bits: convert it first. "
            f"Received: {image.dtype}"
        )
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB) if colour else image


def resize(image: np.ndarray, size: int) -> np.ndarray:
    """Squeeze or stretch an image to a square.

    Each side by area where it shrinks, so that nothing aliases, and linearly
    where it grows.

    Args:
        image: uint8 `(height, width)` or `(height, width, 3)`.
        size: side of the result in pixels.

    Returns:
        uint8 `(size, size)` or `(size, size, 3)`.
    """
    height, width = image.shape[:2]
    # OpenCV's "area" makes blocks where either side grows.
    image = cv2.resize(
        image,
        (min(width, size), min(height, size)),
        interpolation=cv2.INTER_AREA,
    )
    return cv2.resize(image, (size, size), interpolation=cv2.INTER_LINEAR)
