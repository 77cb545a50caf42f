"""Reads the TIFF files of JAFFE as published into NumPy arrays."""

import itertools
import pathlib
import re

import numpy as np

from ferkeras import folders
from ferkeras.image_file import ImageFileError, decode_file, read_file
from tfds_builders import image_files

VERSION = "1.0.0"
CONFIGS = ()
DEFAULT_CONFIG = None
EXPRESSIONS = {
    "AN": "anger",
    "DI": "disgust",
    "FE": "fear",
    "HA": "happiness",
    "NE": "neutral",
    "SA": "sadness",
    "SU": "surprise",
}
CLASS_NAMES = tuple(EXPRESSIONS.values())
IMAGE_SHAPE = (256, 256, 1)
INSTRUCTIONS = (
    "Ask for JAFFE at https://zenodo.org/records/3451524 (for non-commercial "
    "research only, under the terms given there), unpack it and put its folder "
    "jaffe, unchanged, directly in manual_dir."
)
FOLDER = "jaffe"
NAME = re.compile(
    rf"([A-Z]{{2}})\.({'|'.join(EXPRESSIONS)})[0-9]\.[1-9][0-9]*\.TIFF",
    re.ASCII,
)
# The images are numbered by person, then expression, then take.
NUMBERED_SUBJECTS = "KM KA YM KR NM MK UY KL TM NA".split()
NUMBERED_EXPRESSIONS = "NE HA SA SU AN DI FE".split()
TAKES = 3
OTHER_TAKES = {
    ("KM", "HA"): 5,
    ("KM", "SA"): 5,
    ("KA", "HA"): 4,
    ("KA", "FE"): 4,
    ("YM", "FE"): 4,
    ("KL", "DI"): 4,
    ("TM", "HA"): 4,
}
UNUSED_NUMBERS = frozenset((8, 12, 21, 76, 108, 183))


def _published():
    takes = (
        f"{subject}.{expression}{take}"
        for subject, expression in itertools.product(
            NUMBERED_SUBJECTS, NUMBERED_EXPRESSIONS
        )
        for take in range(1, 1 + OTHER_TAKES.get((subject, expression), TAKES))
    )
    return frozenset(
        f"{take}.{number}.TIFF"
        for number, take in enumerate(takes, 1)
        if number not in UNUSED_NUMBERS
    )


PUBLISHED = _published()


def read(config, manual_dir):
    """Read the images and what their names say, in name order.

    Names alone count, in upper or lower case; folders are not looked at.
    Images whose names are not of the published form are left out, and a
    warning names them. Another warning names the images by which the folder
    differs from the published set; those that set does not have are kept.

    Args:
        config: None, as this data set has no configs.
        manual_dir: folder holding the folder `jaffe`, or the images, directly
            or in folders of their own.

    Returns: a dict of "train", the one split, to a dict of
        "image": uint8 (n, 256, 256, 1), grey, 0-255;
        "label": int64 (n,), index into `CLASS_NAMES`;
        "subject": str (n,), the person's two letters such as "KA";
        "row": int64 (n,), zero-based place among all image files by name,
            those left out included.

    Raises:
        FileNotFoundError: where there is no image with such a name.
        ValueError: where a config is given, an image is there twice or a file
            is no whole grey TIFF of 256 x 256 pixels.
    """
    if config:
        raise ValueError(f"jaffe has no configs. Received: config={config!r}")
    root = folders.inside(
        pathlib.Path(manual_dir), lambda x: (x / FOLDER).is_dir()
    )
    if (root / FOLDER).is_dir():
        root /= FOLDER
    named = image_files.find_named(root, NAME, "KA.AN1.39.tiff", INSTRUCTIONS)
    rows, paths, parts = zip(*named, strict=True)
    image_files.check_single(paths, root, INSTRUCTIONS)
    images = _decode_all(paths, root)
    names = {path.name.upper() for path in paths}
    image_files.warn_of_differences(
        image_files.name_differences(names, PUBLISHED),
        root,
        f"{len(names)} images",
        len(PUBLISHED),
    )

    subject, expression = zip(*parts, strict=True)
    codes = tuple(EXPRESSIONS)
    label = [codes.index(code) for code in expression]
    return {
        "train": {
            "image": images,
            "label": np.array(label, np.int64),
            "subject": np.array(subject),
            "row": np.array(rows, np.int64),
        }
    }


def _decode_all(paths, root):
    decoded = [_decode(path) for path in paths]
    images, faults = zip(*decoded, strict=True)
    image_files.check_faults(
        dict(zip(paths, faults, strict=True)),
        root,
        INSTRUCTIONS,
        "grey TIFF files of 256 x 256 pixels",
    )
    return np.stack(images)[..., None]


def _decode(path):
    """Decode a TIFF file.

    Args:
        path: `pathlib.Path` of the file.

    Returns: uint8 (256, 256) and None, or None and what is wrong with it.
    """
    try:
        # Some programs store grey as three equal channels.
        image = decode_file(read_file(path), colour=True)
    except ImageFileError as error:
        return None, error.fault
    grey = image.pixels[..., 0]
    if image.format != "TIFF":
        return None, "no TIFF"
    if grey.shape != IMAGE_SHAPE[:2]:
        return None, "not of 256 x 256 pixels"
    if (image.pixels != grey[..., None]).any():
        return None, "not grey"
    return (None, "nearly black") if image.dim else (grey, None)
