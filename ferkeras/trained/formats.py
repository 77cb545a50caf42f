"""A trained model -> a file for other programs, tested against the model."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np

from ferkeras.trained.format_files import (
    run_keras,
    run_onnx,
    run_saved_model,
    run_tflite,
    write_keras,
    write_onnx,
    write_saved_model,
    write_tflite,
)

COUNT = 100
# Of a probability: what sums in another order may differ by.
TOLERANCE = 1e-4
INSTALL = 'python -m pip install -e ".[tf,export]"'


@dataclass(frozen=True)
class Format:
    """A kind of file.

    Attributes:
        suffix: of its name; empty for a folder.
        write: `(model, path) -> None`.
        run: `(path, uint8 images) -> float32 probabilities`.
        packages: that must be installed, as they are imported.
        traced: whether TensorFlow must be the backend.
    """

    suffix: str
    write: Callable[[keras.Model, Path], None]
    run: Callable[[Path, np.ndarray], np.ndarray]
    packages: tuple[str, ...] = ()
    traced: bool = False


FORMATS = {
    "saved_model": Format(
        "", write_saved_model, run_saved_model, ("tensorflow",)
    ),
    "keras": Format(".keras", write_keras, run_keras),
    "onnx": Format(
        ".onnx",
        write_onnx,
        run_onnx,
        ("tensorflow", "onnx", "tf2onnx", "onnxruntime"),
        traced=True,
    ),
    "tflite": Format(
        ".tflite",
        write_tflite,
        run_tflite,
        ("tensorflow", "ai_edge_litert"),
        traced=True,
    ),
}


def probes(shape: tuple[int, ...]) -> np.ndarray:
    """Images to test a file with: random blocks, of an eighth of a side.

    Args:
        shape: `(height, width, colours)`.

    Returns:
        uint8 `(COUNT, height, width, colours)`.
    """
    height, width, colours = shape
    blocks = np.random.default_rng(0).integers(
        0, 256, (COUNT, 8, 8, colours), np.uint8
    )
    rows, columns = -(-height // 8), -(-width // 8)
    images = blocks.repeat(rows, 1).repeat(columns, 2)
    return np.ascontiguousarray(images[:, :height, :width])


def convert(model: keras.Model, to: str, path: Path) -> float:
    """Write a model in a format, and test it against the model.

    Args:
        model: what `ferkeras.load` gives.
        to: key of `FORMATS`.
        path: file to write, or folder, which must not be there.

    Returns:
        The largest difference of a probability on `COUNT` images.

    Raises:
        FileExistsError: where there is something.
        ModuleNotFoundError: where a package is missing, with the command that
            installs it.
        ValueError: for a path with another suffix than the format's, where the
            backend is another than the format needs, and where the file
            differs from the model by over `TOLERANCE`. Nothing is written
            then.
    """
    form = FORMATS[to]
    if form.suffix not in ("", path.suffix):
        raise ValueError(
            f"{to} is written to a file that ends in {form.suffix}. Received: "
            f"{path}"
        )
    if path.exists():
        raise FileExistsError(f"{path} is there already. Name another --path.")
    missing = [x for x in form.packages if not find_spec(x)]
    if missing:
        raise ModuleNotFoundError(
            f"{to} needs {', '.join(missing)}. Run: {INSTALL}"
        )
    if form.traced and keras.backend.backend() != "tensorflow":
        raise ValueError(
            f"{to} is written under TensorFlow alone. Set "
            "KERAS_BACKEND=tensorflow."
        )
    images = probes(model.input_shape[1:])
    live = model.predict(images, verbose=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        written = Path(folder) / path.name
        form.write(model, written)
        there = form.run(written, images)
        difference = np.abs(there - live).max()
        if not difference < TOLERANCE:
            raise ValueError(
                f"As {to}, {model.name} gives probabilities that are up to "
                f"{difference:.1g} off, more than {TOLERANCE:g}. Nothing is "
                "written; try another format."
            )
        for each in Path(folder).iterdir():
            shutil.move(each, path.parent / each.name)
    return float(difference)
