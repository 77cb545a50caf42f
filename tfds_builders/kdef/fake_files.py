"""Writes a small KDEF of drawn faces for tests, traps included."""

import functools

import cv2
import numpy as np

from tfds_builders.kdef import reader
from tfds_builders.synthetic_faces import action_units, draw

# Name: row, label, subject, session, angle. Every class and every angle; sex
# and number in both sessions; "AF" as session and sex and as expression.
IMAGES = {
    "AF01AFHL.JPG": (0, "afraid", "F01", "A", "HL"),
    "AF01ANS.JPG": (1, "angry", "F01", "A", "S"),
    "AM01DIFR.JPG": (3, "disgusted", "M01", "A", "FR"),
    "am02has.jpg": (4, "happy", "M02", "A", "S"),
    "BF01NEFL.JPG": (6, "neutral", "F01", "B", "FL"),
    "BM01SAHR.JPG": (7, "sad", "M01", "B", "HR"),
    "BM35SUS.JPG": (8, "surprised", "M35", "B", "S"),
}
# The published set's own; they are rows 2 and 5.
LEFT_OUT = ("AF31V.JPG", "AM31H.JPG")
PASSED_OVER = ("AF01/.DS_Store", "AF01/._AF01ANS.JPG", "AM01/Thumbs.db")
PUBLISHED = frozenset(name.upper() for name in IMAGES)
DRAWN = {
    "afraid": "fear",
    "angry": "anger",
    "disgusted": "disgust",
    "happy": "happiness",
    "neutral": "neutral",
    "sad": "sadness",
    "surprised": "surprise",
}
SIZE = 60


@functools.cache
def jpeg(label, seed=0):
    """Draw a face, 44 pixels wide and 60 high, as the bytes of a JPEG file."""
    face = draw.draw_face(
        action_units.CLASS_NAMES.index(DRAWN[label]),
        np.random.default_rng((seed, 0)),
        np.random.default_rng((seed, 1)),
        SIZE,
    )[:, 8:-8]
    colours = np.stack([face // 2, face // 4 * 3, face], axis=-1)
    return cv2.imencode(".jpg", colours)[1].tobytes()


def write(folder, flat=False):
    """Write the images, those with malformed names and what is no image.

    Args:
        folder: `pathlib.Path` to write to.
        flat: put all in `folder` rather than in `KDEF/AF01` and the like.
    """
    contents = {
        name: jpeg(label, row) for name, (row, label, *_) in IMAGES.items()
    }
    contents |= dict.fromkeys(LEFT_OUT, jpeg("neutral"))
    for name, content in contents.items():
        place = folder / reader.FOLDER / name[:4].upper()
        _write(folder / name if flat else place / name, content)
    for name in PASSED_OVER:
        place = folder if flat else folder / reader.FOLDER
        _write(place / (name.split("/")[1] if flat else name), b"\0\5\x16\7")


def _write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
