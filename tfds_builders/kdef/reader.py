"""Reads the file names of KDEF as published into NumPy arrays."""

import itertools
import os
import pathlib
import re
import warnings

import numpy as np

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
IMAGE_SUFFIXES = frozenset(
    (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff")
)
PUBLISHED = frozenset(
    f"{session}{sex}{number:02}{expression}{angle}.JPG"
    for session, sex, number, expression, angle in itertools.product(
        SESSIONS, "FM", range(1, 36), EXPRESSIONS, ANGLES
    )
)
NAMES_SHOWN = 10
# The end marker need not be last: some programs pad their files.
TAIL = 1024


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
    root = pathlib.Path(manual_dir)
    if (root / FOLDER).is_dir():
        root /= FOLDER
    files = find_images(root)
    parts = [NAME.fullmatch(path.name.upper()) for path in files]
    rows = [row for row, part in enumerate(parts) if part]
    if not rows:
        raise FileNotFoundError(
            f"{root}: expected images with names such as AF01ANFL.JPG here. "
            f"{INSTRUCTIONS} Received: {len(files)} images, none so named"
        )
    images = [files[row] for row in rows]
    _check_single(images, root)
    _check_whole(images, root)
    _warn_of_left_out(
        [path for path, part in zip(files, parts, strict=True) if not part],
        root,
    )
    _warn_of_differences({path.name.upper() for path in images}, root)

    session, subject, expression, angle = zip(
        *(parts[row].groups() for row in rows), strict=True
    )
    codes = tuple(EXPRESSIONS)
    label = [codes.index(code) for code in expression]
    return {
        "train": {
            "image": images,
            "label": np.array(label, np.int64),
            "subject": np.array(subject),
            "session": np.array(session),
            "angle": np.array(angle),
            "row": np.array(rows, np.int64),
        }
    }


def find_images(root):
    """List the image files in a folder and in its folders, by name.

    Hidden files, such as macOS's `._AF01ANFL.JPG`, and hidden folders are
    passed over.

    Args:
        root: `pathlib.Path` of the folder.

    Returns: a list of `pathlib.Path`, sorted by name in upper case.
    """
    files = [
        path
        for path in itertools.chain(root.glob("*"), root.glob("*/*"))
        if path.suffix.lower() in IMAGE_SUFFIXES
        and not re.search(r"(^|/)\.", path.relative_to(root).as_posix())
        and path.is_file()
    ]
    return sorted(files, key=lambda path: (path.name.upper(), path))


def _check_single(images, root):
    for first, second in itertools.pairwise(images):
        if first.name.upper() == second.name.upper():
            raise ValueError(
                f"{root}: expected each image once. {INSTRUCTIONS} Received: "
                f"{first.relative_to(root)}, {second.relative_to(root)}"
            )


def _check_whole(images, root):
    broken = {}
    for path in images:
        if fault := _fault(path):
            broken.setdefault(fault, []).append(path.relative_to(root))
    if broken:
        received = (
            f"{len(paths)} {fault}: {_listed(paths)}"
            for fault, paths in broken.items()
        )
        raise ValueError(
            f"{root}: expected whole JPEG files. {INSTRUCTIONS} Received: "
            f"{'; '.join(received)}"
        )


def _fault(path):
    """Tell what is wrong with a JPEG file, as far as its two ends show."""
    with path.open("rb") as file:
        start = file.read(2)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - TAIL))
        end = file.read()
    if not size:
        return "empty"
    if start != b"\xff\xd8":
        return "no JPEG"
    return None if b"\xff\xd9" in end else "cut short"


def _warn_of_left_out(files, root):
    if files:
        names = [path.relative_to(root) for path in files]
        warnings.warn(
            f"{root}: {len(names)} images are left out, as their names are "
            f"not of the form AF01ANFL.JPG: {_listed(names)}",
            stacklevel=3,
        )


def _warn_of_differences(names, root):
    missing = sorted(PUBLISHED - names)
    extra = sorted(names - PUBLISHED)
    if missing or extra:
        kinds = {"missing": missing, "not in that set": extra}
        differences = (
            f"{len(differing)} {kind}: {_listed(differing)}"
            for kind, differing in kinds.items()
            if differing
        )
        warnings.warn(
            f"{root}: {len(names)} images, where the published set has "
            f"{len(PUBLISHED)}; {'; '.join(differences)}",
            stacklevel=3,
        )


def _listed(names):
    """Join the first names, and say how many more there are."""
    shown = ", ".join(map(str, names[:NAMES_SHOWN]))
    more = len(names) - NAMES_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
