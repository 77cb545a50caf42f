"""Finds and checks the files of CK+."""

import os
import re
import warnings

NAMES_SHOWN = 10
PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_END = b"IEND\xaeB`\x82"
# The end marker need not be last: some programs pad their files.
TAIL = 1024


def find(root, suffixes):
    """List the files in a folder and all folders below it, by name.

    Hidden files, such as macOS's `._S005_001_00000001.png`, and hidden folders
    are passed over.

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


def warn_of_left_out(paths, root, form):
    """Name in one warning the files whose names say nothing, if any."""
    if paths:
        names = [path.relative_to(root) for path in paths]
        warnings.warn(
            f"{root}: {len(names)} files are left out, as their names are not "
            f"of the form {form}: {listed(names)}",
            stacklevel=3,
        )


def check_whole(paths, root, instructions):
    """Raise a `ValueError` that names the files that are no whole PNG."""
    broken = {}
    for path in paths:
        if fault := _fault(path):
            broken.setdefault(fault, []).append(path.relative_to(root))
    if broken:
        received = (
            f"{len(names)} {fault}: {listed(names)}"
            for fault, names in broken.items()
        )
        raise ValueError(
            f"{root}: expected whole PNG files. {instructions} Received: "
            f"{'; '.join(received)}"
        )


def _fault(path):
    """Tell what is wrong with a PNG file, as far as its two ends show."""
    with path.open("rb") as file:
        start = file.read(len(PNG_START))
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - TAIL))
        end = file.read()
    if not size:
        return "empty"
    if start != PNG_START:
        return "no PNG"
    return None if PNG_END in end else "cut short"


def listed(names):
    """Join the first names, and say how many more there are."""
    shown = ", ".join(map(str, names[:NAMES_SHOWN]))
    more = len(names) - NAMES_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
