"""Reads both releases of AffectNet into NumPy arrays and paths."""

import collections
import pathlib
import warnings

import numpy as np

from ferkeras import folders
from tfds_builders import image_files
from tfds_builders.affectnet import csv_release, npy_release
from tfds_builders.affectnet.rows import (
    EXPRESSIONS,
    NAME_OF_CODE,
    SPLITS,
    WITHOUT_EXPRESSION,
)

VERSION = "1.0.0"
CONFIGS = ("8", "7")
DEFAULT_CONFIG = "8"
# By config, as these differ in their classes; contempt is the last.
CLASS_NAMES = {name: EXPRESSIONS[: int(name)] for name in CONFIGS}
INSTRUCTIONS = (
    "Ask for AffectNet at http://mohammadmahoor.com/affectnet/ (for research "
    "only, under a signed agreement) and put the files of one release, "
    "unpacked and unchanged, directly in manual_dir: either training.csv, "
    "validation.csv and the folder Manually_Annotated_Images, or the folders "
    "train_set and val_set, but not both."
)
# Images of each class, in the order of codes.
PUBLISHED = {
    "train": (74874, 134415, 25459, 14090, 6378, 3803, 24882, 3750),
    "validation": (500,) * 8,
}


def read(config, manual_dir):
    """Read the labels and face boxes, and where the images are.

    The images stay on disk: all there is of them in memory are their paths.

    Rows without one of the eight expressions are left out, and a warning
    counts them. Rows whose images are missing, empty, cut short or no
    pictures, or have nothing of the face box in them, are left out, and a
    warning names them: the published set has such images. Another warning
    tells the classes by which a split differs from the published set.

    Args:
        config: a name in `CONFIGS`, the number of classes.
        manual_dir: folder of one of the two releases.

    Returns: a dict of "train" and "validation" to a dict of
        "image": list of n `pathlib.Path`, the files, of several kinds;
        "label": int64 (n,), index into `CLASS_NAMES[config]`, which is the
            publishers' code;
        "box": int64 (n, 4), x, y, width and height of the face in pixels,
            within the picture, upright; all of it where the release has no
            boxes;
        "row": int64 (n,), zero-based row of the split's list; without lists,
            the number in the image's name. Splits share numbers.

    Raises:
        FileNotFoundError: where there is neither release, a part of one is
            missing, or no image of a split is left.
        ValueError: where the config is unknown, both releases are there, a
            list lacks a column or a cell, an expression is not one of the
            codes 0 to 10, or two images have one number.
    """
    if config not in CONFIGS:
        raise ValueError(
            f"config must be one of {', '.join(CONFIGS)}. Received: {config!r}"
        )
    root = folders.inside(
        pathlib.Path(manual_dir), lambda folder: bool(_releases(folder))
    )
    release = _find_release(root)
    return {
        split: _read_split(
            release.read_rows(root, split, INSTRUCTIONS), config, split, root
        )
        for split in SPLITS
    }


def clip(box, height, width):
    """Cut a box to a picture.

    Args:
        box: texts of x, y, width and height in pixels.
        height: of the picture, in pixels.
        width: of the picture, in pixels.

    Returns: a tuple of x, y, width and height; None where the texts are no
        whole numbers or nothing of the box is in the picture.
    """
    try:
        left, top, across, down = map(_whole, box)
    except ValueError:
        return None
    right, bottom = min(left + across, width), min(top + down, height)
    left, top = max(left, 0), max(top, 0)
    if left >= right or top >= bottom:
        return None
    return left, top, right - left, bottom - top


def _whole(text):
    """Read a whole number; 12.0 too, as Pandas writes beside boxes of NULL."""
    value = float(text)
    if not value.is_integer():
        raise ValueError(f"no whole number: {text!r}")
    return int(value)


def _releases(root):
    return [x for x in (csv_release, npy_release) if x.is_in(root)]


def _find_release(root):
    releases = _releases(root)
    if len(releases) == 1:
        return releases[0]
    error, received = ValueError, "both"
    numbered = [*root.glob("[0-9]"), *root.glob("*/[0-9]")]
    if not releases and numbered:
        received = (
            f"folders named by numbers, such as {min(numbered)}: in such "
            "copies they count the names of the expressions, and are not the "
            "publishers' codes, so that labels would be guessed"
        )
    elif not releases:
        error = FileNotFoundError
        received = f"neither{folders.advice(root)}"
    raise error(
        f"{root}: expected one of two releases. {INSTRUCTIONS} Received: "
        f"{received}"
    )


def _read_split(rows, config, split, root):
    """Take what belongs to the config from the rows, one after the other."""
    columns = {"image": [], "label": [], "box": [], "row": []}
    wrong, clipped, dim = [], [], []
    lost, without = collections.defaultdict(list), collections.Counter()
    for row in rows:
        name = NAME_OF_CODE.get(row.code.strip())
        if name is None:
            wrong.append(f"{row.name} {row.code!r}")
        elif name in WITHOUT_EXPRESSION:
            without[name] += 1
        elif name in CLASS_NAMES[config]:
            fault, box, is_dim = _look(row)
            if fault:
                lost[fault].append(row.name)
                continue
            if row.box and box != tuple(map(_whole, row.box)):
                clipped.append(row.name)
            if is_dim:
                dim.append(row.name)
            label = CLASS_NAMES[config].index(name)
            values = row.path, label, box, row.number
            for column, value in zip(columns.values(), values, strict=True):
                column.append(value)
    if wrong:
        raise ValueError(
            f"{root}: expected the expressions 0 to 10. {INSTRUCTIONS} "
            f"Received: {image_files.listed(wrong)}"
        )
    _warn(f"{root}: {split}", without, lost, clipped)
    image_files.warn_of(dim, f"{root}: {split}", image_files.DIM)
    if not columns["image"]:
        raise FileNotFoundError(
            f"{root}: expected images of {split}. {INSTRUCTIONS} Received: "
            f"none of {sum(map(len, lost.values()))} labelled ones"
        )
    _warn_of_differences(root, split, config, columns["label"])
    images = columns.pop("image")
    arrays = {name: np.array(x, np.int64) for name, x in columns.items()}
    return {"image": images, **arrays}


def _look(row):
    """Return an image's fault or None, its face box, and if it is dim."""
    if row.path is None:
        return "missing", None, False
    picture = image_files.probe(row.path)
    if picture.fault:
        return picture.fault, None, False
    height, width = picture.size
    if row.box is None:
        return None, (0, 0, width, height), picture.dim
    box = clip(row.box, height, width)
    return None if box else "without a face box in them", box, picture.dim


def _warn(place, without, lost, clipped):
    if without:
        counts = (f"{without[x]} {x}" for x in WITHOUT_EXPRESSION if without[x])
        why = "rows are left out, as they have no expression"
        text = f"{place}: {without.total()} {why}: {', '.join(counts)}"
        warnings.warn(
            image_files.Note(text, {why: without.total()}), stacklevel=2
        )
    for fault, names in lost.items():
        image_files.warn_of(names, place, f"images are {fault} and left out")
    image_files.warn_of(
        clipped,
        place,
        "face boxes reach beyond their images and are clipped",
    )


def _warn_of_differences(root, split, config, labels):
    names = CLASS_NAMES[config]
    published = PUBLISHED[split][: len(names)]
    image_files.warn_of_differences(
        image_files.class_differences(labels, names, published),
        root,
        f"{len(labels)} images of {split}",
        sum(published),
    )
