"""Reads the release of AffectNet with lists and face boxes."""

import csv
import glob
import pathlib

from ferkeras import folders
from tfds_builders import text_files
from tfds_builders.affectnet.rows import Row

LISTS = {"train": "training.csv", "validation": "validation.csv"}
LIST_FOLDERS = (".", "Manually_Annotated_file_lists")
IMAGE_FOLDERS = (
    "Manually_Annotated_Images",
    "Manually_Annotated/Manually_Annotated_Images",
)
BOX = ("face_x", "face_y", "face_width", "face_height")
COLUMNS = (
    "subDirectory_filePath",
    *BOX,
    "facial_landmarks",
    "expression",
    "valence",
    "arousal",
)


def is_in(root):
    """Whether a folder, a `pathlib.Path`, has a list of this release."""
    return any(
        (root / folder / name).is_file()
        for folder in LIST_FOLDERS
        for name in LISTS.values()
    )


def read_rows(root, split, instructions):
    """Read the list of a split row by row.

    Lists with a line of column names, in any order, and without one, in the
    published order, are both read: the published `validation.csv` has none.

    Args:
        root: `pathlib.Path` of the folder that holds the lists and images.
        split: one of `rows.SPLITS`.
        instructions: how to get the files, for messages.

    Yields: `Row`, its number the zero-based row of the list.

    Raises:
        FileNotFoundError: where the list or the folder of images is missing.
        ValueError: where the list lacks a column or a cell.
    """
    images = _first(root, IMAGE_FOLDERS, pathlib.Path.is_dir, instructions)
    path = _first(
        root,
        [f"{folder}/{LISTS[split]}" for folder in LIST_FOLDERS],
        pathlib.Path.is_file,
        instructions,
    )
    text_files.start_of(path, instructions)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.reader(file)
        columns, number = None, 0
        for cells in text_files.rows_of(path, reader, instructions):
            if not any(map(str.strip, cells)):
                continue
            if columns is None:
                columns = [cell.strip().lower() for cell in cells]
                named = COLUMNS[0].lower() in columns
                columns = columns if named else [x.lower() for x in COLUMNS]
                if lacking := [x for x in COLUMNS if x.lower() not in columns]:
                    raise ValueError(
                        f"{path}: expected the columns {', '.join(COLUMNS)}. "
                        f"{instructions} Received: none of {lacking}"
                    )
                if named:
                    continue
            if len(cells) != len(columns):
                raise ValueError(
                    f"{path}: expected {len(columns)} cells in a row. "
                    f"{instructions} Received: {len(cells)} in line "
                    f"{reader.line_num}"
                )
            row = dict(zip(columns, cells, strict=True))
            name = row[COLUMNS[0].lower()]
            yield Row(
                name,
                number,
                row["expression"],
                tuple(row[x] for x in BOX),
                _find_image(images / name),
            )
            number += 1


def _first(root, places, is_there, instructions):
    """Return the first place that is there."""
    for place in places:
        if is_there(root / place):
            return root / place
    raise FileNotFoundError(
        f"{root}: expected {' or '.join(map(str, map(pathlib.Path, places)))} "
        f"here. {instructions} Received: neither"
    )


def _find_image(path):
    """Return the file, or the only one that differs in its extension."""
    try:
        if path.is_file():
            return path
        others = [
            other
            for other in path.parent.glob(f"{glob.escape(path.stem)}.*")
            if other.is_file() and not folders.why_passed_over(other.name)
        ]
    except OSError:
        # No name that a file system takes, in a list of something else.
        return None
    return others[0] if len(others) == 1 else None
