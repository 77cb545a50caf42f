"""Pictures that are on both sides of a division."""

import hashlib

import numpy as np

from ferkeras.data.source import Faces


def repeated(faces: Faces, among: Faces) -> np.ndarray:
    """Which images are among others too, pixel for pixel.

    Images that are files are the same where the files are.

    Args:
        faces: `Faces`.
        among: the others, of the same dataset.

    Returns:
        bool `(count,)`, for each of `faces`.
    """
    others = set(digests(among))
    return np.array([each in others for each in digests(faces)], bool)


def digests(faces: Faces) -> list[bytes]:
    """A digest of each image's pixels, or of its file."""
    images = faces.outline.pixels
    return [
        hashlib.blake2b(images[index].tobytes()).digest()
        for index in range(len(images))
    ]
