"""Reads which frames CK+ has from the names of its images."""

import itertools
import pathlib
import re
from typing import NamedTuple

from tfds_builders import image_files

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
    named = image_files.find_named(
        root, IMAGE_NAME, "S005_001_00000011.png", instructions
    )
    frames = [
        Frame(path, subject, sequence, int(number), row)
        for row, path, (subject, sequence, number) in named
    ]
    image_files.check_single(
        [frame.path for frame in frames], root, instructions
    )
    grouped = itertools.groupby(frames, lambda frame: frame[1:3])
    return {key: list(group) for key, group in grouped}
