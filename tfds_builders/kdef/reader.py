"""Reads the file names of KDEF as published into NumPy arrays."""

import itertools
import pathlib
import re

import numpy as np

from ferkeras import folders
from tfds_builders import image_files

VERSION = "1.0.0"
CONFIGS = ()
DEFAULT_CONFIG = None
EXPRESSIONS = {
    "AF": "afraid",
    "AN": "angry",
    "DI": "disgusted",
    "HA": "happy",
    "NE": "neutral",
    "SA": "sad",
    "SU": "surprised",
}
CLASS_NAMES = tuple(EXPRESSIONS.values())
SESSIONS = ("A", "B")
# From full left over straight to full right.
ANGLES = ("FL", "HL", "S", "HR", "FR")
INSTRUCTIONS = (
    "Download KDEF_and_AKDEF.zip from https://kdef.se (for research only, "
    "under the terms given there), unpack it and put its folder KDEF, "
    "unchanged, directly in manual_dir."
)
FOLDER = "KDEF"
NAME = re.compile(
    rf"([AB])([FM][0-9][0-9])({'|'.join(EXPRESSIONS)})({'|'.join(ANGLES)})"
    r"\.JPG"
)
PUBLISHED = frozenset(
    f"{session}{sex}{number:02}{expression}{angle}.JPG"
    for session, sex, number, expression, angle in itertools.product(
        SESSIONS, "FM", range(1, 36), EXPRESSIONS, ANGLES
    )
)


def read(config, manual_dir):
    """Read which images there are and what their names say, in name order.

    Names alone count, in upper or lower case; folders are not looked at.
    Images whose names are not of the published form are left out, and a
    warning names them. Another warning names the images by which the folder
    differs from the published set; those that set does not have are kept.

    Args:
        config: None, as this data set has no configs.
        manual_dir: folder holding the folder `KDEF`, or the images, directly
            or in folders of their own.

    Returns: a dict of "train", the one split, to a dict of
        "image": list of n `pathlib.Path`, the JPEG files;
        "label": int64 (n,), index into `CLASS_NAMES`;
        "subject": str (n,), sex and number such as "F01"; one person has the
            same in both sessions;
        "session": str (n,), one of `SESSIONS`;
        "angle": str (n,), one of `ANGLES`: full left, half left, straight,
            half right and full right;
        "row": int64 (n,), zero-based place among all image files by name,
            those left out included.

    Raises:
        FileNotFoundError: where there is no image with such a name.
        ValueError: where a config is given, an image is there twice or a file
            is empty, cut short or no JPEG.
    """
    if config:
        raise ValueError(f"kdef has no configs. Received: config={config!r}")
    root = folders.inside(
        pathlib.Path(manual_dir), lambda x: (x / FOLDER).is_dir()
    )
    if (root / FOLDER).is_dir():
        root /= FOLDER
    named = image_files.find_named(root, NAME, "AF01ANFL.JPG", INSTRUCTIONS)
    rows, images, parts = zip(*named, strict=True)
    image_files.check_single(images, root, INSTRUCTIONS)
    image_files.check_whole(images, root, INSTRUCTIONS, "JPEG")
    names = {path.name.upper() for path in images}
    image_files.warn_of_differences(
        image_files.name_differences(names, PUBLISHED),
        root,
        f"{len(names)} images",
        len(PUBLISHED),
    )

    session, subject, expression, angle = zip(*parts, strict=True)
    codes = tuple(EXPRESSIONS)
    label = [codes.index(code) for code in expression]
    return {
        "train": {
            "image": list(images),
            "label": np.array(label, np.int64),
            "subject": np.array(subject),
            "session": np.array(session),
            "angle": np.array(angle),
            "row": np.array(rows, np.int64),
        }
    }
