"""Checks files of text, such as lists and tables, before they are parsed."""

import csv

from ferkeras import folders
from ferkeras.image_file import other_kind


def start_of(path, instructions):
    """Return the first bytes of a file of text, up to 512.

    Args:
        path: `pathlib.Path` of the file.
        instructions: how to get it, for messages.

    Raises:
        ValueError: where it is of another kind, such as an archive.
        OSError: where it cannot be read.
    """
    with folders.reading(path), path.open("rb") as file:
        start = file.read(512)
    if kind := start and other_kind(start):
        raise ValueError(
            f"{path}: expected a file of text, and it is {kind}, whatever its "
            f"name. {instructions}"
        )
    return start


def rows_of(path, rows, instructions):
    """Iterate over a `csv.reader`, with a `ValueError` for what is no text.

    Args:
        path: `pathlib.Path` of its file.
        rows: the `csv.reader`.
        instructions: how to get the file, for messages.
    """
    try:
        yield from rows
    except csv.Error as error:
        raise ValueError(
            f"{path}, line {rows.line_num}: expected rows of text. "
            f"{instructions} Received: {error}"
        ) from error
