"""Writes a small RAF-DB of drawn faces for tests, in both layouts."""

import functools

import cv2
import numpy as np

from tfds_builders.raf_db import layouts, reader
from tfds_builders.synthetic_faces import action_units, draw

# Name: label, and height and width of the original. In the order of the list;
# every class is there, and two splits begin with the same number.
IMAGES = {
    "train_00001": ("happiness", 61, 47),
    "train_00002": ("neutral", 300, 20),
    "train_00003": ("surprise", 45, 56),
    "train_00004": ("fear", 20, 300),
    "train_00005": ("disgust", 100, 100),
    "train_00006": ("sadness", 83, 82),
    "train_00007": ("anger", 257, 33),
    "train_00010": ("happiness", 50, 55),
    "test_0001": ("neutral", 70, 71),
    "test_0002": ("surprise", 33, 257),
    "test_0003": ("anger", 49, 48),
    "test_0004": ("happiness", 5, 9),
}
PASSED_OVER = (
    ".DS_Store",
    "._train_00001_aligned.jpg",
    "Thumbs.db",
    "train_labels.csv",
)
SIZE = 40


def counts():
    """Images of each class in each split, as `reader.PUBLISHED`."""
    return {
        split: tuple(
            sum(
                name.startswith(split) and label == of_class
                for name, (label, *_) in IMAGES.items()
            )
            for of_class in reader.CLASS_NAMES
        )
        for split in layouts.SPLITS
    }


def names(split):
    """Names of the images of a split, as `reader.published_names`."""
    return [name for name in IMAGES if name.startswith(split)]


def listing(splits):
    """What was read, in the form of `IMAGES`."""
    columns = ("image", "label", "original_height", "original_width")
    return {
        path.name.removesuffix("_aligned.jpg"): (
            reader.CLASS_NAMES[label],
            height,
            width,
        )
        for split in splits.values()
        for path, label, height, width in zip(
            *(split[column] for column in columns), strict=True
        )
    }


@functools.cache
def jpeg(label, seed=0):
    """Draw a face of 40 x 40 pixels as the bytes of a JPEG file."""
    face = draw.draw_face(
        action_units.CLASS_NAMES.index(label),
        np.random.default_rng((seed, 0)),
        np.random.default_rng((seed, 1)),
        SIZE,
    )
    colours = np.stack([face // 2, face // 4 * 3, face], axis=-1)
    return cv2.imencode(".jpg", colours)[1].tobytes()


@functools.cache
def original(height, width):
    """A picture of one colour as the bytes of a JPEG file."""
    pixels = np.full((height, width, 3), (20, 90, 200), np.uint8)
    return cv2.imencode(".jpg", pixels)[1].tobytes()


def write_official(folder):
    """Write the folder `basic` to a `pathlib.Path`."""
    root = folder / layouts.BASIC
    lines = []
    for row, (name, (label, *size)) in enumerate(IMAGES.items()):
        _write(root / layouts.IMAGES / aligned(name), jpeg(label, row))
        lines.append(f"{name}.jpg {reader.CLASS_NAMES.index(label) + 1}\n")
        _write(root / layouts.ORIGINALS / f"{name}.jpg", original(*size))
    _write(root / layouts.LABEL_LIST, "".join(lines).encode())
    _write_passed_over(root / layouts.IMAGES)


def write_mirror(folder):
    """Write the folder `DATASET`, the same images, to a `pathlib.Path`."""
    root = folder / layouts.MIRROR
    for row, (name, (label, *_)) in enumerate(IMAGES.items()):
        place = root / name.partition("_")[0]
        place /= str(reader.CLASS_NAMES.index(label) + 1)
        _write(place / aligned(name), jpeg(label, row))
    _write_passed_over(root / "train")


def aligned(name):
    """Name of an image file, such as `train_00001_aligned.jpg`."""
    return f"{name}_aligned.jpg"


def _write_passed_over(folder):
    for name in PASSED_OVER:
        _write(folder / name, b"\0\5\x16\7")


def _write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
