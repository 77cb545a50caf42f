"""Reads fer2013.csv as published into NumPy arrays."""

import pathlib

import numpy as np

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
HEADER = "emotion,pixels,Usage"
ROWS = 35_887
GREYS = frozenset(str(grey) for grey in range(256))
CODES = tuple(str(code) for code in range(len(CLASS_NAMES)))
SPLITS = {
    "Training": "train",
    "PublicTest": "validation",
    "PrivateTest": "test",
}


def read(config, manual_dir):
    """Read the images and labels of every split, in file order.

    Args:
        config: None, as this data set has no configs.
        manual_dir: folder holding `fer2013.csv`.

    Returns: a dict of split name ("train", "validation", "test") to a dict of
        "image": uint8 (n, 48, 48, 1), grey, 0-255;
        "label": int64 (n,), index into `CLASS_NAMES`;
        "row": int64 (n,), zero-based row of `fer2013.csv`.

    Raises:
        FileNotFoundError: where the file is absent.
        ValueError: where a config is given or the file is not as published.
    """
    if config:
        raise ValueError(f"fer2013 has no configs. Received: config={config!r}")
    images, labels, usage = read_images(manual_dir)
    return by_split(usage, {"image": images, "label": labels})


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
    path = pathlib.Path(manual_dir) / FILE
    images, labels, usage = [], [], []
    for where, (label, pixels, use) in read_rows(path, HEADER, INSTRUCTIONS):
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


def read_rows(path, header, instructions):
    """Iterate over a comma-separated file that has one row per FER2013 image.

    Args:
        path: `pathlib.Path` of the file.
        header: the first line the file must have.
        instructions: how to get the file, added to every error.

    Yields: the row's place for error messages, and its list of columns.

    Raises:
        FileNotFoundError: where the file is absent.
        ValueError: where the header, a row's number of columns or the number
            of rows is not as published.
    """
    if not path.is_file():
        raise FileNotFoundError(
            f"{path}: expected a file here. {instructions} Received: no file"
        )
    rows = 0
    width = header.count(",") + 1
    # Latin-1 decodes any byte, so a file of another kind fails the checks
    # below rather than the decoder.
    with path.open(encoding="latin-1") as file:
        first = file.readline(1000).rstrip("\n")
        if first != header:
            raise ValueError(
                f"{path}, line 1: expected the header {header!r}. "
                f"{instructions} Received: {first[:200]!r}"
            )
        for rows, line in enumerate(file, 1):
            where = f"{path}, line {rows + 1}"
            columns = line.rstrip("\n").split(",")
            if len(columns) != width:
                raise ValueError(
                    f"{where}: expected {width} columns ({header}). "
                    f"{instructions} Received: {len(columns)} columns"
                )
            yield where, columns
    if rows != ROWS:
        raise ValueError(
            f"{path}, line {rows + 1}: the file ends here, expected {ROWS} "
            f"rows below the header. {instructions} Received: {rows} rows"
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
    encoded = text.encode("latin-1")
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
