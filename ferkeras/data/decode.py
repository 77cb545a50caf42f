"""Image files -> pixels of one size."""

import numpy as np

from ferkeras.image_file import decode_file
from ferkeras.opencv import cv2


def decode(file: bytes, colour: bool = False) -> np.ndarray:
    """Decode an image file to 8 bits, as `ferkeras.image_file.decode_file`.

    Args:
        file: its bytes, of one of `ferkeras.image_file.FORMATS`.
        colour: whether to keep the colours.

    Returns:
        uint8 `(height, width)`, 0-255; in colour `(height, width, 3)`, red,
        green and blue.

    Raises:
        ferkeras.image_file.ImageFileError: a `ValueError`, for whatever gives
            no pixels.
    """
    return decode_file(file, colour).pixels


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
