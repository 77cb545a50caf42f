"""Writes a small fer2013.csv of noise for tests."""

import numpy as np

from tfds_builders.fer2013 import reader

USAGE = (
    "Training",
    "PublicTest",
    "Training",
    "PrivateTest",
    "Training",
    "PrivateTest",
    "PublicTest",
)
ROWS = len(USAGE)
# The row number is the class.
PUBLISHED = {
    split: tuple(int(use == usage) for use in USAGE)
    for usage, split in reader.SPLITS.items()
}


def lines():
    """Return the header and seven rows, one per class in code order."""
    rng = np.random.default_rng(0)
    result = [",".join(reader.COLUMNS)]
    for code, usage in enumerate(USAGE):
        pixels = rng.integers(0, 256, np.prod(reader.IMAGE_SHAPE))
        result.append(f"{code},{' '.join(map(str, pixels))},{usage}")
    return result


def write(folder, content=None):
    """Write `content`, by default `lines()`, to `folder/fer2013.csv`."""
    content = lines() if content is None else content
    (folder / reader.FILE).write_text("\n".join(content) + "\n")
