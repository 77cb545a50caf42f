"""Files that were decoded once, and are the same when they are read again."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from ferkeras.image_file import ImageFileError, decode_file, read_file
from tfds_builders import image_files

COPY = "Copy them again from where they came from, or move them away."


class Look(NamedTuple):
    """What a file gave when it was decoded.

    Attributes:
        fault: why it gave no pixels, or None.
        digest: SHA-256 of its bytes.
        dim: as of `ferkeras.image_file.Decoded`.
    """

    fault: str | None
    digest: bytes = b""
    dim: bool = False


def look(path):
    """Decode a file, and return its `Look`."""
    try:
        content = read_file(path)
        image = decode_file(content)
    except ImageFileError as error:
        return Look(error.fault)
    return Look(None, hashlib.sha256(content).digest(), image.dim)


def look_at(paths, root):
    """Decode files, and return a dict of each to its `Look`.

    A warning names those that come out nearly black.

    Args:
        paths: `pathlib.Path` of each.
        root: `pathlib.Path` of the folder they are in.

    Raises:
        ValueError: naming all files that give no pixels.
    """
    # Pillow decodes outside of Python's lock.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        looks = dict(zip(paths, pool.map(look, paths), strict=True))
    faults = {path: x.fault for path, x in looks.items()}
    image_files.check_faults(faults, root, COPY, "image files")
    dim = [path.relative_to(root) for path, x in looks.items() if x.dim]
    image_files.warn_of(dim, root, image_files.DIM)
    return looks


def contents_of(paths, looks):
    """Read files that have been looked at, one after the other.

    Raises:
        ValueError: where one has changed since.
    """
    for path in paths:
        try:
            content = read_file(path)
        except ImageFileError:
            content = b""
        if hashlib.sha256(content).digest() != looks[path].digest:
            raise ValueError(
                f"{path}: changed while the folder was read. Give the command "
                "again once nothing writes there."
            )
        yield content, None
