"""Reads the release of AffectNet with cut-out faces and npy annotations."""

import collections
import os
import re

import numpy as np

from ferkeras import folders
from tfds_builders import image_files
from tfds_builders.affectnet.rows import Row

FOLDERS = {"train": "train_set", "validation": "val_set"}
IMAGES, ANNOTATIONS = "images", "annotations"


def is_in(root):
    """Whether a folder, a `pathlib.Path`, has a split of this release."""
    return any((root / folder).is_dir() for folder in FOLDERS.values())


def read_rows(root, split, instructions):
    """Read the annotations of a split file by file, by their numbers.

    Images without an annotation, and those whose names are not numbers, are
    left out, and a warning names them.

    Args:
        root: `pathlib.Path` of the folder that holds `train_set` and `val_set`.
        split: one of `rows.SPLITS`.
        instructions: how to get the files, for messages.

    Yields: `Row`, its number that of the image's name.

    Raises:
        FileNotFoundError: where a folder is missing.
        ValueError: where two images or two annotations have one number.
    """
    folder = root / FOLDERS[split]
    images, others = _by_number(folder / IMAGES, r"\.[^.]+", instructions)
    # The other annotations are valence, arousal and landmarks.
    codes, _ = _by_number(folder / ANNOTATIONS, r"_exp\.npy", instructions)
    unlabelled = [images[at] for at in sorted(images.keys() - codes.keys())]
    image_files.warn_of(
        unlabelled,
        folder / IMAGES,
        "files are left out, as they have no annotation",
    )
    image_files.warn_of(
        others,
        folder / IMAGES,
        "files are left out, as their names are not numbers",
    )
    for number, name in sorted(codes.items()):
        image = images.get(number)
        yield Row(
            f"{FOLDERS[split]}/{ANNOTATIONS}/{name}",
            number,
            _read_code(folder / ANNOTATIONS / name),
            None,
            image and folder / IMAGES / image,
        )


def _by_number(folder, end, instructions):
    """Map numbers to names of files, and list the names of another form."""
    if not folder.is_dir():
        raise FileNotFoundError(
            f"{folder}: expected this folder. {instructions} Received: none"
        )
    form = re.compile(f"([0-9]+){end}", re.ASCII | re.IGNORECASE)
    names, others = {}, []
    passed_over = collections.defaultdict(list)
    # There are hundreds of thousands of files.
    with folders.reading(folder), os.scandir(folder) as entries:
        found = [entry.name for entry in entries if entry.is_file()]
    for name in sorted(found):
        if reason := folders.why_passed_over(name):
            passed_over[f"{reason}, passed over"].append(name)
        elif part := form.fullmatch(name):
            if (number := int(part[1])) in names:
                raise ValueError(
                    f"{folder}: expected one file for each number. "
                    f"{instructions} Received: {names[number]}, {name}"
                )
            names[number] = name
        else:
            others.append(name)
    image_files.tell(folder, passed_over)
    return names, others


def _read_code(path):
    """Return the text of an array of one number or string, or of its fault."""
    with path.open("rb") as file:
        try:
            return str(np.lib.format.read_array(file, allow_pickle=False))
        # A damaged header is parsed as Python, and fails in many ways.
        except Exception as error:
            return f"{type(error).__name__}: {error}"[:80]
