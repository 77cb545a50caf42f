"""What the names of datasets say, and which are prepared here.

Without what reads images, for commands that answer at once.
"""

import importlib.util
import re
from pathlib import Path


def is_own(dataset: str) -> bool:
    """Whether a name is of a user's own images, `own/<name>`.

    The name has letters, digits, `_` and `-`, and is not that of faces; those,
    cut out, are `own/<name>/faces<side>`.
    """
    name = r"(?!([\w-]*-)?faces\d)[\w-]+"
    return bool(re.fullmatch(rf"own/{name}(/faces[1-9][0-9]*)?", dataset))


def face_size(dataset: str) -> int | None:
    """Side in pixels of the faces cut out, by a name `.../faces<side>`.

    Other names have None.
    """
    name = re.fullmatch(r".+/faces([1-9][0-9]*)", dataset)
    return int(name[1]) if name else None


def has_tensorflow() -> bool:
    """Whether TensorFlow is installed, without importing it."""
    return importlib.util.find_spec("tensorflow") is not None


def npz_path(dataset: str, data_dir: str | Path) -> Path:
    """File that holds a dataset for machines without TensorFlow."""
    return Path(data_dir).expanduser() / f"{dataset.replace('/', '-')}.npz"


def is_prepared(dataset: str, data_dir: str | Path) -> bool:
    """Whether `ferkeras.data.open_dataset` would find a dataset.

    Args:
        dataset: its name, as there.
        data_dir: folder of prepared datasets.
    """
    if face_size(dataset) or is_own(dataset) or not has_tensorflow():
        return npz_path(dataset, data_dir).exists()
    # TFDS moves a version's folder to its place once it is whole.
    folder = Path(data_dir).expanduser() / dataset
    return any(folder.glob("*.*.*/dataset_info.json"))
