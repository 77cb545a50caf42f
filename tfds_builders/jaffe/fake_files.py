"""Writes a small JAFFE of drawn faces for tests, traps included."""

import functools

import cv2
import numpy as np

from tfds_builders.jaffe import reader
from tfds_builders.synthetic_faces import action_units, draw

# Name: row, label, subject. Every class, and by number KA is after KM.
IMAGES = {
    "KA.AN1.39.tiff": (0, "anger", "KA"),
    "KA.DI3.44.tiff": (1, "disgust", "KA"),
    "KA.FE4.48.TIFF": (2, "fear", "KA"),
    "KL.HA2.159.tiff": (4, "happiness", "KL"),
    "KM.NE1.1.tiff": (5, "neutral", "KM"),
    "KM.SA5.13.tiff": (6, "sadness", "KM"),
    "ym.su3.60.tiff": (8, "surprise", "YM"),
}
# They are rows 3 and 7.
LEFT_OUT = ("KA.HA.29.tiff", "KM.SU1.14.tif")
PASSED_OVER = (".DS_Store", "._KA.AN1.39.tiff", "README", "Thumbs.db")
PUBLISHED = frozenset(name.upper() for name in IMAGES)


@functools.cache
def face(label, seed=0):
    """Draw a face, uint8 (256, 256)."""
    pixels = draw.draw_face(
        action_units.CLASS_NAMES.index(label),
        np.random.default_rng((seed, 0)),
        np.random.default_rng((seed, 1)),
        32,
    )
    return cv2.resize(pixels, reader.IMAGE_SHAPE[:2])


def tiff(pixels, compression=cv2.IMWRITE_TIFF_COMPRESSION_NONE):
    """Encode pixels as the bytes of a TIFF file, by default uncompressed."""
    options = (cv2.IMWRITE_TIFF_COMPRESSION, compression)
    return cv2.imencode(".tiff", pixels, options)[1].tobytes()


def write_published(folder):
    """Write an image under each of the 213 published names, and no more.

    Args:
        folder: `pathlib.Path` to write to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in reader.PUBLISHED:
        label = reader.EXPRESSIONS[name[3:5]]
        (folder / name).write_bytes(tiff(face(label, int(name[5]))))


def write(folder):
    """Write the images, those with malformed names and what is no image.

    Args:
        folder: `pathlib.Path` to write to.
    """
    contents = {
        name: tiff(face(label, row)) for name, (row, label, _) in IMAGES.items()
    }
    contents |= dict.fromkeys(LEFT_OUT, tiff(face("neutral")))
    contents |= dict.fromkeys(PASSED_OVER, b"\0\5\x16\7")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
