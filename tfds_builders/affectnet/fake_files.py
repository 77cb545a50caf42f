"""Writes a small AffectNet of drawn faces for tests, in both releases."""

import functools
import io

import cv2
import numpy as np

from tfds_builders.affectnet import csv_release, npy_release
from tfds_builders.affectnet.rows import (
    EXPRESSIONS,
    NAME_OF_CODE,
    SPLITS,
    WITHOUT_EXPRESSION,
)
from tfds_builders.synthetic_faces import action_units, draw

# The rows of the lists: image, expression, box as x, y, width, height. Every
# expression, and every kind of file that TensorFlow decodes too.
LISTS = {
    "train": (
        ("689/0a.jpg", "happy", (12, 3, 40, 40)),
        ("689/1b.JPG", "neutral", (0, 0, 40, 40)),
        ("12/2c.jpg", "uncertain", (5, 5, 40, 40)),
        ("12/3d.png", "sad", (24, 16, 40, 40)),
        ("12/4e.bmp", "surprise", (1, 2, 40, 40)),
        ("3/5f.jpg", "no face", None),
        ("3/60.jpeg", "fear", (3, 4, 40, 40)),
        ("3/71.jpg", "disgust", (5, 6, 40, 40)),
        ("3/82.jpg", "anger", (7, 8, 40, 40)),
        ("3/93.jpg", "contempt", (9, 10, 40, 40)),
        ("1/a4.jpg", "none", (5, 5, 40, 40)),
        ("1/b5.jpg", "happy", (11, 12, 40, 40)),
    ),
    "validation": (
        ("1/c6.jpg", "contempt", (13, 14, 40, 40)),
        ("689/d7.jpg", "anger", (15, 16, 40, 40)),
        ("689/e8.jpg", "uncertain", (5, 5, 40, 40)),
        ("689/f9.jpg", "neutral", (17, 0, 40, 40)),
    ),
}
# Image: expression. In the order of numbers, which is not that of names.
NUMBERS = {
    "train": {
        "7.jpg": "happy",
        "12.JPG": "neutral",
        "100.png": "sad",
        "2000.jpg": "surprise",
        "3001.jpg": "fear",
        "40002.jpg": "disgust",
        "40003.jpg": "anger",
        "340501.jpg": "contempt",
        "340502.jpg": "happy",
    },
    "validation": {
        "7.jpg": "contempt",
        "30.jpg": "anger",
        "200.jpg": "neutral",
    },
}
# As `reader.PUBLISHED`, of both.
PUBLISHED = {
    "train": (1, 2, 1, 1, 1, 1, 1, 1),
    "validation": (1, 0, 0, 0, 0, 0, 1, 1),
}
DRAWN = {"happy": "happiness", "sad": "sadness"}
CODES = {name: code for code, name in NAME_OF_CODE.items()}
# Height and width of the images with face boxes, and side of a face.
HEIGHT, WIDTH, SIDE = 56, 64, 40


@functools.cache
def face(label, seed):
    """Draw a face in colour, uint8 (40, 40, 3), in OpenCV's order."""
    grey = draw.draw_face(
        action_units.CLASS_NAMES.index(DRAWN.get(label, label)),
        np.random.default_rng((seed, 0)),
        np.random.default_rng((seed, 1)),
        SIDE,
    )
    return np.stack([grey // 2, grey // 4 * 3, grey], axis=-1)


def scene(label, box, seed):
    """Draw a face in a larger green picture, uint8 (56, 64, 3)."""
    pixels = np.full((HEIGHT, WIDTH, 3), (0, 160, 0), np.uint8)
    if label not in WITHOUT_EXPRESSION:
        x, y, width, height = box
        pixels[y : y + height, x : x + width] = face(label, seed)
    return pixels


def write_lists(folder):
    """Write the release with lists and face boxes to a `pathlib.Path`.

    As in the published release, the list of the validation split has no line
    of column names.
    """
    for split, rows in LISTS.items():
        lines = [",".join(csv_release.COLUMNS)] if split == "train" else []
        for name, label, box in rows:
            place = folder / csv_release.IMAGE_FOLDERS[0] / name
            seed = int(place.stem, 16)
            _write(place, encode(place.suffix, scene(label, box, seed)))
            texts = map(str, box or ("NULL",) * 4)
            lines.append(
                f"{name},{','.join(texts)},1.5;2.5;3.5,{CODES[label]},-0.1,0.2"
            )
        _write(
            folder / csv_release.LISTS[split],
            "".join(f"{line}\n" for line in lines).encode(),
        )


def write_numbers(folder):
    """Write the release with npy annotations to a `pathlib.Path`."""
    for split, images in NUMBERS.items():
        place = folder / npy_release.FOLDERS[split]
        for name, label in images.items():
            path = place / npy_release.IMAGES / name
            seed = int(path.stem) + SPLITS.index(split)
            _write(path, encode(path.suffix, face(label, seed)))
            values = {
                # Text, as published.
                "exp": CODES[label],
                "val": "-0.1",
                "aro": "0.2",
                "lnd": np.zeros(136),
            }
            for kind, value in values.items():
                write_annotation(place, path.stem, value, kind)
        _write(place / npy_release.IMAGES / ".DS_Store", b"\0")


def write_annotation(place, stem, value, kind="exp"):
    """Write one npy file of a split's folder, a `pathlib.Path`."""
    file = io.BytesIO()
    np.save(file, value)
    name = f"{stem}_{kind}.npy"
    _write(place / npy_release.ANNOTATIONS / name, file.getvalue())


def encode(suffix, pixels):
    """Return the bytes of an image file of the kind that its name tells."""
    return cv2.imencode(suffix.lower(), pixels)[1].tobytes()


def taken(rows, classes):
    """Rows of `LISTS` of a split that have an expression of the first classes.

    Returns: a list of number, image, expression and box.
    """
    return [
        (number, *row)
        for number, row in enumerate(rows)
        if row[1] in EXPRESSIONS[:classes]
    ]


def _write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
