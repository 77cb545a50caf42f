"""Reads the TIFF files of JAFFE as published into NumPy arrays."""

import itertools
import pathlib
import re
import warnings

import cv2
import numpy as np

from tfds_builders.kdef import reader as kdef

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
TIFF_STARTS = (b"II*\0", b"MM\0*")
NAMES_SHOWN = 10


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
            is no whole grey TIFF of 8 bits and 256 x 256 pixels.
    """
    if config:
        raise ValueError(f"jaffe has no configs. Received: config={config!r}")
    root = pathlib.Path(manual_dir)
    if (root / FOLDER).is_dir():
        root /= FOLDER
    files = kdef.find_images(root)
    parts = [NAME.fullmatch(path.name.upper()) for path in files]
    rows = [row for row, part in enumerate(parts) if part]
    if not rows:
        raise FileNotFoundError(
            f"{root}: expected images with names such as KA.AN1.39.tiff here. "
            f"{INSTRUCTIONS} Received: {len(files)} images, none so named"
        )
    paths = [files[row] for row in rows]
    _check_single(paths, root)
    images = _decode_all(paths, root)
    _warn_of_left_out(
        [path for path, part in zip(files, parts, strict=True) if not part],
        root,
    )
    _warn_of_differences({path.name.upper() for path in paths}, root)

    subject, expression = zip(
        *(parts[row].groups() for row in rows), strict=True
    )
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


def _check_single(paths, root):
    for first, second in itertools.pairwise(paths):
        if first.name.upper() == second.name.upper():
            raise ValueError(
                f"{root}: expected each image once. {INSTRUCTIONS} Received: "
                f"{first.relative_to(root)}, {second.relative_to(root)}"
            )


def _decode_all(paths, root):
    images = np.empty((len(paths), *IMAGE_SHAPE), np.uint8)
    broken = {}
    for i, path in enumerate(paths):
        pixels, fault = _decode(path.read_bytes())
        if fault:
            broken.setdefault(fault, []).append(path.relative_to(root))
        else:
            images[i, ..., 0] = pixels
    if broken:
        received = (
            f"{len(names)} {fault}: {_listed(names)}"
            for fault, names in broken.items()
        )
        raise ValueError(
            f"{root}: expected whole grey TIFF files of 8 bits and 256 x 256 "
            f"pixels. {INSTRUCTIONS} Received: {'; '.join(received)}"
        )
    return images


def _decode(content):
    """Decode a TIFF file.

    Args:
        content: its bytes.

    Returns: uint8 (256, 256) and None, or None and what is wrong with it.
    """
    if not content:
        return None, "empty"
    if not content.startswith(TIFF_STARTS):
        return None, "no TIFF"
    pixels = cv2.imdecode(
        np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED
    )
    if pixels is None:
        return None, "cut short or damaged"
    if pixels.dtype != np.uint8:
        return None, "not of 8 bits"
    if pixels.shape[:2] != IMAGE_SHAPE[:2]:
        return None, "not of 256 x 256 pixels"
    if pixels.ndim == 3:
        # Some programs store grey as three equal channels.
        if pixels.shape[2] != 3 or (pixels != pixels[..., :1]).any():
            return None, "not grey"
        pixels = pixels[..., 0]
    return pixels, None


def _warn_of_left_out(files, root):
    if files:
        names = [path.relative_to(root) for path in files]
        warnings.warn(
            f"{root}: {len(names)} images are left out, as their names are "
            f"not of the form KA.AN1.39.tiff: {_listed(names)}",
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
