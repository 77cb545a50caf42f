"""Reads fer2013.csv as published into NumPy arrays."""

import csv
import filecmp
import pathlib
import re

import numpy as np

from ferkeras import folders
from tfds_builders import image_files, text_files

VERSION = "1.0.0"
CONFIGS = ()
DEFAULT_CONFIG = None
CLASS_NAMES = (
    "angry",
    "disgust",
    "fear",
    "happy",
    "sad",
    "surprise",
    "neutral",
)
IMAGE_SHAPE = (48, 48, 1)
INSTRUCTIONS = (
    "Download fer2013.tar.gz from https://www.kaggle.com/c/challenges-in-"
    "representation-learning-facial-expression-recognition-challenge (needs an "
    "account and the competition's rules accepted), unpack it and put its "
    "fer2013.csv, unchanged, directly in manual_dir."
)
FILE = "fer2013.csv"
# The same rows under Kaggle's other name; and a browser's second copy.
FILES = re.compile(r"(fer2013[^a-z]*|icml_face_data)\.csv")
COLUMNS = ("emotion", "pixels", "Usage")
ROWS = 35_887
GREYS = frozenset(str(grey) for grey in range(256))
CODES = tuple(str(code) for code in range(len(CLASS_NAMES)))
# Images of each class.
PUBLISHED = {
    "train": (3995, 436, 4097, 7215, 4830, 3171, 4965),
    "validation": (467, 56, 496, 895, 653, 415, 607),
    "test": (491, 55, 528, 879, 594, 416, 626),
}
SPLITS = {
    "Training": "train",
    "PublicTest": "validation",
    "PrivateTest": "test",
}


def read(config, manual_dir):
    """Read the images and labels of every split, in file order.

    Args:
        config: None, as this data set has no configs.
        manual_dir: folder holding `fer2013.csv`, or `icml_face_data.csv`, the
            same under another name, directly or in folders of their own.

    Returns: a dict of split name ("train", "validation", "test") to a dict of
        "image": uint8 (n, 48, 48, 1), grey, 0-255;
        "label": int64 (n,), index into `CLASS_NAMES`;
        "row": int64 (n,), zero-based row of `fer2013.csv`.

    A warning tells of classes that have not as many images as published.

    Raises:
        FileNotFoundError: where the file is absent.
        ValueError: where a config is given or the file is not as published.
    """
    if config:
        raise ValueError(f"fer2013 has no configs. Received: config={config!r}")
    images, labels, usage = read_images(manual_dir)
    splits = by_split(usage, {"image": images, "label": labels})
    for split, columns in splits.items():
        found = f"{len(columns['label'])} images of {split}"
        counts = PUBLISHED[split]
        differences = image_files.class_differences(
            columns["label"], CLASS_NAMES, counts
        )
        image_files.warn_of_differences(
            differences, pathlib.Path(manual_dir), found, sum(counts)
        )
    return splits


def read_images(manual_dir):
    """Read `fer2013.csv` without splitting it.

    Args:
        manual_dir: folder holding `fer2013.csv`.

    Returns: images uint8 (n, 48, 48, 1), labels int64 (n,) and the Usage
        column, strings (n,).

    Raises:
        FileNotFoundError: where the file is absent.
        ValueError: where the file is not as published.
    """
    path = find_file(pathlib.Path(manual_dir), FILES, FILE, INSTRUCTIONS)
    images, labels, usage = [], [], []
    for where, (label, pixels, use) in read_rows(path, COLUMNS, INSTRUCTIONS):
        if label not in CODES:
            raise ValueError(
                f"{where}: expected an emotion from 0 to 6. {INSTRUCTIONS} "
                f"Received: {label!r}"
            )
        check_usage(use, where, INSTRUCTIONS)
        images.append(_parse_pixels(pixels, where))
        labels.append(int(label))
        usage.append(use)
    return np.stack(images), np.array(labels, np.int64), np.array(usage)


def find_file(root, form, name, instructions):
    """Find a file in a folder or those below it, by its name.

    Args:
        root: `pathlib.Path` of the folder.
        form: compiled regular expression of the names it goes by, in lower
            case.
        name: the first of them, which is taken where others are there too.
        instructions: how to get the file, for messages.

    Returns: its `pathlib.Path`, the highest up where there are several.

    Raises:
        FileNotFoundError: where there is none.
        ValueError: where two of one name differ.
    """
    files = folders.walk(root).found
    found = [path for path in files if form.fullmatch(path.name.lower())]
    if not found:
        raise FileNotFoundError(
            f"{root / name}: expected a file here. {instructions} Received: "
            f"{_instead(files)}{folders.advice(root)}"
        )
    first = min(found, key=lambda x: (x.name.lower() != name, len(x.parts), x))
    for path in found:
        alike = path.name.lower() == first.name.lower()
        if alike and not filecmp.cmp(first, path, shallow=False):
            raise ValueError(
                f"{first} and {path} differ: move one away. {instructions}"
            )
    return first


def _instead(files):
    """Say what there is in place of a file, in a few words."""
    tables = [x.name for x in files if ".csv" in x.name.lower()]
    pictures = [x for x in files if x.suffix.lower() in (".jpg", ".png")]
    if tables:
        return f"only {image_files.listed(tables)}"
    if pictures:
        return (
            "folders of pictures, which do not tell PublicTest and PrivateTest"
        )
    return "no file"


def read_rows(path, names, instructions):
    """Iterate over a file of columns that has one row per FER2013 image.

    The columns may be in any order and others beside them, divided by commas,
    semicolons or tabs, and in quotes. Blank lines are passed over.

    Args:
        path: `pathlib.Path` of the file.
        names: tuple of the columns to take, as the first line names them.
        instructions: how to get the file, added to every error.

    Yields: the row's place for error messages, and a list of the texts of its
        columns, in the order of `names`.

    Raises:
        ValueError: where the file is of another kind, lacks a column, or a
            row's number of columns or the number of rows is not as published.
    """
    start = text_files.start_of(path, instructions)
    wide = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    first = "" if wide else start.decode("utf-8-sig", "replace")
    rows = 0
    # A file of another kind fails the checks below rather than the decoder.
    with path.open(
        encoding="utf-16" if wide else "utf-8-sig", errors="replace", newline=""
    ) as file:
        divider = max(",;\t", key=first.partition("\n")[0].count)
        lines = csv.reader(file, delimiter=divider)
        cells_of = text_files.rows_of(path, lines, instructions)
        header = [cell.strip().lower() for cell in next(cells_of, [])]
        lacking = [name for name in names if name.lower() not in header]
        if lacking:
            raise ValueError(
                f"{path}, line 1: expected the columns {', '.join(names)}. "
                f"{instructions} Received: no {', '.join(lacking)} in "
                f"{first[:80]!r}"
            )
        places = [header.index(name.lower()) for name in names]
        for cells in cells_of:
            if not any(map(str.strip, cells)):
                continue
            where = f"{path}, line {lines.line_num}"
            if len(cells) != len(header):
                raise ValueError(
                    f"{where}: expected {len(header)} columns. "
                    f"{instructions} Received: {len(cells)} columns"
                )
            rows += 1
            yield where, [cells[place].strip() for place in places]
    if rows != ROWS:
        raise ValueError(
            f"{path}, line {lines.line_num}: the file ends here, expected "
            f"{ROWS} rows below the header. {instructions} Received: {rows} "
            "rows"
        )


def check_usage(usage, where, instructions):
    """Raise a ValueError where `usage` is not one of the keys of `SPLITS`."""
    if usage not in SPLITS:
        raise ValueError(
            f"{where}: expected a Usage among {', '.join(SPLITS)}. "
            f"{instructions} Received: {usage!r}"
        )


def by_split(usage, columns, keep=True):
    """Divide whole-file arrays into the three splits, in file order.

    Args:
        usage: strings (n,), the Usage column.
        columns: dict of name to array (n, ...).
        keep: bool (n,) or True, the rows to use.

    Returns: a dict of split name to a dict of `columns`' names to arrays, with
        "row", int64, the zero-based row number in the file.
    """
    splits = {}
    for value, split in SPLITS.items():
        rows = np.flatnonzero((usage == value) & keep)
        splits[split] = {name: array[rows] for name, array in columns.items()}
        splits[split]["row"] = rows.astype(np.int64)
    return splits


def _parse_pixels(text, where):
    encoded = text.encode()
    size = np.prod(IMAGE_SHAPE)
    # `fromstring` stops at what it cannot parse, so look for that first.
    if not encoded.translate(None, b"0123456789 "):
        pixels = np.fromstring(encoded, np.int64, sep=" ")
        if pixels.size == size and pixels.max() <= 255:
            return pixels.astype(np.uint8).reshape(IMAGE_SHAPE)
    values = text.split()
    wrong = [value[:9] for value in values if value not in GREYS]
    raise ValueError(
        f"{where}: expected {size} integers from 0 to 255, separated by "
        f"spaces. {INSTRUCTIONS} Received: {len(values)} values, of which "
        f"{len(wrong)} are not such integers: {wrong[:3]}"
    )
