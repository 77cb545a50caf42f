"""Finds and checks the files of data sets that are trees of images."""

import collections
import itertools
import os
import re
import struct
import warnings
from typing import NamedTuple

import cv2
import numpy as np

IMAGE_SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff")
NAMES_SHOWN = 10
JPEG_START, JPEG_END = b"\xff\xd8", b"\xff\xd9"
PNG_START, PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"
# The end marker need not be last: some programs pad their files.
TAIL = 1024
# Start of frame: 0xC0 to 0xCF but for two tables and a reserved marker.
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class Picture(NamedTuple):
    """What a file shows at its two ends.

    Attributes:
        fault: "empty", "cut short" or "no picture"; None for none of these.
        kind: "JPEG", "PNG" or "other".
        height: in pixels as stored, whatever its EXIF orientation; 0 for a
            fault.
        width: likewise.
    """

    fault: str | None
    kind: str = "other"
    height: int = 0
    width: int = 0


def find(root, suffixes=IMAGE_SUFFIXES):
    """List the files in a folder and all folders below it, by name.

    Hidden files, such as macOS's `._AF01ANFL.JPG`, and hidden folders are
    passed over.

    Args:
        root: `pathlib.Path` of the folder.
        suffixes: tuple of endings of names, in lower case.

    Returns: a list of `pathlib.Path`, sorted by name in upper case.
    """
    paths = [
        path
        for path in root.rglob("*")
        if path.name.lower().endswith(suffixes)
        and not re.search(r"(^|/)\.", path.relative_to(root).as_posix())
        and path.is_file()
    ]
    return sorted(paths, key=lambda path: (path.name.upper(), path))


def find_named(
    root, form, example, instructions, noun="images", suffixes=IMAGE_SUFFIXES
):
    """Find the files whose names are as published, in upper or lower case.

    Folders are not looked at. Files with other names are left out, and a
    warning names them.

    Args:
        root: `pathlib.Path` of the folder.
        form: compiled regular expression of the names, in upper case.
        example: a name of that form, for messages.
        instructions: how to get the files, for messages.
        noun: what to call them in messages.
        suffixes: as in `find`.

    Returns: a list, by name, of `(row, path, groups)`: the zero-based place
        among all files found, those left out included; the `pathlib.Path`; and
        the texts of the groups of `form`, a tuple.

    Raises:
        FileNotFoundError: where there is no file with such a name.
    """
    named, left_out = [], []
    for row, path in enumerate(find(root, suffixes)):
        if part := form.fullmatch(path.name.upper()):
            named.append((row, path, part.groups()))
        else:
            left_out.append(path.relative_to(root))
    if not named:
        raise FileNotFoundError(
            f"{root}: expected {noun} with names such as {example} here. "
            f"{instructions} Received: {len(left_out)} {noun}, none so named"
        )
    warn_of(
        left_out,
        root,
        f"{noun} are left out, as their names are not of the form {example}",
    )
    return named


def check_single(paths, root, instructions):
    """Raise a `ValueError` where two paths, sorted by name, have one name."""
    for first, second in itertools.pairwise(paths):
        if first.name.upper() == second.name.upper():
            raise ValueError(
                f"{root}: expected each image once. {instructions} Received: "
                f"{first.relative_to(root)}, {second.relative_to(root)}"
            )


def check_whole(paths, root, instructions, kind=None):
    """Probe pictures, and raise a `ValueError` that names the broken ones.

    Args:
        paths: `pathlib.Path` of each.
        root: `pathlib.Path` of the folder they are in.
        instructions: how to get them, for messages.
        kind: the kind they must be of, as in `Picture`; None for any.

    Returns: a dict of each path to its height and width in pixels.
    """
    faults, sizes = {}, {}
    for path in paths:
        picture = probe(path)
        faults[path] = picture.fault
        if picture.fault != "empty" and kind not in (None, picture.kind):
            faults[path] = f"no {kind}"
        sizes[path] = picture.height, picture.width
    check_faults(faults, root, instructions, f"{kind or 'picture'} files")
    return sizes


def check_faults(faults, root, instructions, expected):
    """Raise a `ValueError` that names the files that have faults, if any.

    Args:
        faults: a dict of `pathlib.Path` to what is wrong with it, or None.
        root: `pathlib.Path` of the folder they are in.
        instructions: how to get them, for messages.
        expected: what they should be, such as "JPEG files".
    """
    broken = collections.defaultdict(list)
    for path, fault in faults.items():
        if fault:
            broken[fault].append(path.relative_to(root))
    if broken:
        raise ValueError(
            f"{root}: expected whole {expected}. {instructions} Received: "
            f"{_counted(broken)}"
        )


def warn_of(names, place, what):
    """Count and name in one warning the files of which to tell, if any.

    Args:
        names: list of names or paths.
        place: what the warning begins with, such as the folder they are in.
        what: what there is to tell, such as "images have no label".
    """
    if names:
        warnings.warn(f"{place}: {_counted({what: names})}", stacklevel=2)


def name_differences(names, published):
    """Tell by which names a set differs from the published set, if by any."""
    return _counted(
        {
            "missing": sorted(published - names),
            "not in that set": sorted(names - published),
        }
    )


def class_differences(labels, class_names, published):
    """Tell in which classes there are not as many images as published, if any.

    Args:
        labels: of the images, indices into `class_names`.
        class_names: their names.
        published: how many images of each there should be.
    """
    counts = np.bincount(labels, minlength=len(class_names))
    return "; ".join(
        f"{count} {name} and not {expected}"
        for count, name, expected in zip(
            counts, class_names, published, strict=True
        )
        if count != expected
    )


def warn_of_differences(differences, root, found, published):
    """Tell in one warning how a set differs from the published set, if it does.

    Args:
        differences: a text, as of `name_differences` or `class_differences`.
        root: `pathlib.Path` of the folder.
        found: how many there are of what, such as "7 images".
        published: how many of them the published set has.
    """
    if differences:
        warnings.warn(
            f"{root}: {found}, where the published set has {published}; "
            f"{differences}",
            stacklevel=2,
        )


def listed(names):
    """Join the first names, and say how many more there are."""
    shown = ", ".join(map(str, names[:NAMES_SHOWN]))
    more = len(names) - NAMES_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _counted(names_by_kind):
    """Join the number of names of each kind, the kind and the names."""
    return "; ".join(
        f"{len(names)} {kind}: {listed(names)}"
        for kind, names in names_by_kind.items()
        if names
    )


def probe(path):
    """Look at a picture file, of which only those of other kinds are decoded.

    Args:
        path: `pathlib.Path` of the file.

    Returns: a `Picture`.
    """
    with path.open("rb") as file:
        start = file.read(24)
        if start.startswith(JPEG_START):
            kind, end, size = "JPEG", JPEG_END, _jpeg_size(file)
        elif start.startswith(PNG_START):
            kind, end = "PNG", PNG_END
            size = struct.unpack(">II", start[16:].ljust(8, b"\0"))[::-1]
        else:
            kind, end, size = "other", b"", (0, 0)
        length = file.seek(0, os.SEEK_END)
        file.seek(max(0, length - TAIL))
        if not length:
            return Picture("empty")
        if end not in file.read():
            return Picture("cut short", kind)
    height, width = size if all(size) else _decoded_size(path)
    return Picture(None if height else "no picture", kind, height, width)


def _jpeg_size(file):
    """Walk over the segments of a JPEG file up to its frame."""
    file.seek(len(JPEG_START))
    while (head := file.read(4))[:1] == b"\xff" and len(head) == 4:
        _, marker, length = struct.unpack(">BBH", head)
        if marker == 0xFF:
            # A fill byte.
            file.seek(-3, os.SEEK_CUR)
        elif marker in JPEG_FRAMES:
            _, *size = struct.unpack(">BHH", file.read(5).ljust(5, b"\0"))
            return tuple(size)
        else:
            file.seek(length - 2, os.SEEK_CUR)
    return 0, 0


def _decoded_size(path):
    content = np.frombuffer(path.read_bytes(), np.uint8)
    try:
        pixels = cv2.imdecode(content, cv2.IMREAD_UNCHANGED)
    except cv2.error:
        # Such as a size that cannot be.
        pixels = None
    return (0, 0) if pixels is None else pixels.shape[:2]
