"""Finds and checks the files of data sets that are trees of images."""

import collections
import itertools
import warnings
from typing import NamedTuple

import numpy as np

from ferkeras import folders
from ferkeras.image_file import SUFFIXES, ImageFileError, decode_file, read_file

NAMES_SHOWN = 10
DIM = (
    "images of 16 bits use 14 of them or fewer, and come out nearly black: "
    "scale them to 16 bits first"
)


class Note(UserWarning):
    """What there is to tell of files, for a person and for the record.

    Attributes:
        counts: dict of what there is to tell to how many files.
    """

    def __init__(self, text, counts):
        super().__init__(text)
        self.counts = counts


class Picture(NamedTuple):
    """What a file shows.

    Attributes:
        fault: why it gives no pixels, such as "cut short or damaged"; None
            where it gives some.
        kind: one of `ferkeras.image_file.FORMATS`, or "" for a fault.
        size: height and width in pixels, upright; zeros for a fault.
        dim: as of `ferkeras.image_file.Decoded`.
    """

    fault: str | None
    kind: str = ""
    size: tuple[int, int] = (0, 0)
    dim: bool = False


def find(root, suffixes=SUFFIXES):
    """List the files in a folder and all folders below it, by name.

    What `folders.walk` passes over is left out, and a warning counts it.

    Args:
        root: `pathlib.Path` of the folder.
        suffixes: tuple of endings of names, in lower case.

    Returns: a list of `pathlib.Path`, sorted by name in upper case.
    """
    files = folders.walk(root)
    tell(
        root,
        {
            f"{reason}, passed over": [x.relative_to(root) for x in paths]
            for reason, paths in files.passed_over.items()
        },
    )
    paths = [x for x in files.found if x.name.lower().endswith(suffixes)]
    return sorted(paths, key=lambda path: (path.name.upper(), path))


def find_named(
    root, form, example, instructions, noun="images", suffixes=SUFFIXES
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
            f"{folders.advice(root)}"
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
    """Decode pictures, and raise a `ValueError` that names the broken ones.

    A warning names those that are `dim`.

    Args:
        paths: `pathlib.Path` of each.
        root: `pathlib.Path` of the folder they are in.
        instructions: how to get them, for messages.
        kind: the kind they must be of, as in `Picture`; None for any.

    Returns: a dict of each path to its height and width in pixels.
    """
    pictures = {path: probe(path) for path in paths}
    faults = {
        path: picture.fault
        or (f"no {kind}" if kind not in (None, picture.kind) else None)
        for path, picture in pictures.items()
    }
    check_faults(faults, root, instructions, f"{kind or 'image'} files")
    dim = [path.relative_to(root) for path, x in pictures.items() if x.dim]
    warn_of(dim, root, DIM)
    return {path: x.size for path, x in pictures.items()}


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
            f"{counted(broken)}"
        )


def warn_of(names, place, what):
    """Count and name in one warning the files of which to tell, if any.

    Args:
        names: list of names or paths.
        place: what the warning begins with, such as the folder they are in.
        what: what there is to tell, such as "images have no label".
    """
    tell(place, {what: names})


def tell(place, names_by_kind):
    """Count and name in one warning files of several kinds, if there are any.

    Args:
        place: as in `warn_of`.
        names_by_kind: a dict of what there is to tell to a list of names.
    """
    counts = {kind: len(x) for kind, x in names_by_kind.items() if x}
    if counts:
        text = f"{place}: {counted(names_by_kind)}"
        warnings.warn(Note(text, counts), stacklevel=2)


def name_differences(names, published):
    """Tell by which names a set differs from the published set, if by any."""
    return counted(
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
    shown = ", ".join(map(_printable, names[:NAMES_SHOWN]))
    more = len(names) - NAMES_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def counted(names_by_kind):
    """Join the number of names of each kind, the kind and the names."""
    return "; ".join(
        f"{len(names)} {kind}: {listed(names)}"
        for kind, names in names_by_kind.items()
        if names
    )


def probe(path):
    """Decode a file, and return what it shows as a `Picture`.

    Args:
        path: `pathlib.Path` of the file.
    """
    try:
        image = decode_file(read_file(path))
    except ImageFileError as error:
        return Picture(error.fault)
    return Picture(None, image.format, image.pixels.shape, image.dim)


def _printable(name):
    """A name in one line of text, whatever a file system took for one."""
    return str(name) if str(name).isprintable() else ascii(str(name))
