"""A trained network -> a `.keras` file of half the size."""

import io
import tempfile
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np

from ferkeras.files import open_whole

# Where a `.keras` file, which is a zip file, has them.
WEIGHTS = "model.weights.h5"


def half_precision(model: keras.Model, target: Path) -> None:
    """Write a model to a `.keras` file, its weights in half precision.

    `keras.saving.load_model` reads it, and has them in full precision again.

    Args:
        model: keras.Model.
        target: `.keras` file to write, whole or not at all.

    Raises:
        ValueError: where a weight is over 65,504, the largest half float.
    """
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "model.keras"
        model.save(full)
        with (
            zipfile.ZipFile(full) as whole,
            open_whole(target) as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as half,
        ):
            for name in whole.namelist():
                content = whole.read(name)
                if name == WEIGHTS:
                    content = halved(content, model.name)
                half.writestr(name, content)


def halved(content: bytes, name: str) -> bytes:
    """A file of weights with its floats in half precision.

    Args:
        content: an HDF5 file.
        name: of the model, for the error.
    """
    target = io.BytesIO()
    with h5py.File(io.BytesIO(content)) as full, h5py.File(target, "w") as half:

        def copy(place: str, item: h5py.Group | h5py.Dataset) -> None:
            if isinstance(item, h5py.Group):
                there = half.require_group(place)
            else:
                values = item[()]
                if np.issubdtype(values.dtype, np.floating):
                    with np.errstate(over="ignore"):  # it is refused below
                        values = values.astype("float16")
                    if not np.isfinite(values).all():
                        raise ValueError(
                            f"{place} of {name} is too large for half "
                            "precision."
                        )
                there = half.create_dataset(place, data=values)
            there.attrs.update(item.attrs)

        half.attrs.update(full.attrs)
        full.visititems(copy)
    return target.getvalue()
