"""Reads which frames CK+ has from the names of its images."""

import itertools
import pathlib
import re
from typing import NamedTuple

from tfds_builders.ck_plus import files
from tfds_builders.kdef.reader import IMAGE_SUFFIXES

# In the order of the publishers' codes.
EMOTIONS = (
    "neutral",
    "anger",
    "contempt",
    "disgust",
    "fear",
    "happy",
    "sadness",
    "surprise",
)
STEM = r"(S[0-9]{3})_([0-9]{3})_([0-9]{8})"
IMAGE_NAME = re.compile(rf"{STEM}\.PNG")


class Frame(NamedTuple):
    """An image of a sequence.

    Attributes:
        path: `pathlib.Path` of the file.
        subject: the person, such as "S005".
        sequence: the person's sequence, such as "001".
        number: number of the frame in its name.
        row: zero-based place among all image files by name.
    """

    path: pathlib.Path
    subject: str
    sequence: str
    number: int
    row: int


def find_frames(root, instructions):
    """Read the names of all images and group them by sequence.

    Names alone count, in upper or lower case; folders are not looked at.
    Images whose names are not of the published form are left out, and a
    warning names them.

    Args:
        root: `pathlib.Path` of the folder of images.
        instructions: how to get them, for messages.

    Returns: a dict of `(subject, sequence)` to a list of `Frame`, by number.

    Raises:
        FileNotFoundError: where there is no image with such a name.
        ValueError: where an image is there twice.
    """
    paths = files.find(root, tuple(IMAGE_SUFFIXES))
    parts = [IMAGE_NAME.fullmatch(path.name.upper()) for path in paths]
    frames = [
        Frame(path, part[1], part[2], int(part[3]), row)
        for row, (path, part) in enumerate(zip(paths, parts, strict=True))
        if part
    ]
    if not frames:
        raise FileNotFoundError(
            f"{root}: expected images with names such as "
            f"S005_001_00000011.png here. {instructions} Received: "
            f"{len(paths)} images, none so named"
        )
    for first, second in itertools.pairwise(frames):
        if first[1:-1] == second[1:-1]:
            raise ValueError(
                f"{root}: expected each image once. {instructions} Received: "
                f"{first.path.relative_to(root)}, "
                f"{second.path.relative_to(root)}"
            )
    files.warn_of_left_out(
        [path for path, part in zip(paths, parts, strict=True) if not part],
        root,
        "S005_001_00000011.png",
    )
    grouped = itertools.groupby(frames, lambda frame: frame[1:3])
    return {key: list(group) for key, group in grouped}
