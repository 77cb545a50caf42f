"""A trained model -> a file for other programs, tested against the model."""

import json
import shutil
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np

from ferkeras.quiet import no_stderr
from ferkeras.scoring.export import saved_model

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


def write_saved_model(model: keras.Model, path: Path) -> None:
    """Write a SavedModel with the endpoints `serve` and `class_names`."""
    saved_model(model, path, model.class_names)


def run_saved_model(path: Path, images: np.ndarray) -> np.ndarray:
    """What a SavedModel says of images."""
    import tensorflow as tf

    loaded = tf.saved_model.load(str(path))
    return loaded.serve(images).numpy()


def write_keras(model: keras.Model, path: Path) -> None:
    """Write a `.keras` file, weights in full precision."""
    model.save(path)


def run_keras(path: Path, images: np.ndarray) -> np.ndarray:
    """What a `.keras` file says of images."""
    return keras.saving.load_model(path).predict(images, verbose=0)


def write_onnx(model: keras.Model, path: Path) -> None:
    """Write an ONNX file, whose metadata has `class_names` as JSON."""
    import onnx

    with warnings.catch_warnings():
        # Keras looks for `np.object`, which NumPy warns of.
        warnings.simplefilter("ignore", FutureWarning)
        model.export(path, format="onnx", verbose=False)
    whole = onnx.load(path)
    onnx.helper.set_model_props(
        whole, {"class_names": json.dumps(model.class_names)}
    )
    onnx.save(whole, path)


def run_onnx(path: Path, images: np.ndarray) -> np.ndarray:
    """What an ONNX file says of images, by onnxruntime."""
    import onnxruntime

    session = onnxruntime.InferenceSession(
        path, providers=["CPUExecutionProvider"]
    )
    (pixels,) = session.get_inputs()
    (probabilities,) = session.run(None, {pixels.name: images})
    return probabilities


def write_tflite(model: keras.Model, path: Path) -> None:
    """Write a LiteRT file and beside it, a name a line, `.labels.txt`."""
    model.export(path, format="litert", verbose=False)
    names = "\n".join(model.class_names)
    path.with_suffix(".labels.txt").write_text(f"{names}\n")


def run_tflite(path: Path, images: np.ndarray) -> np.ndarray:
    """What a LiteRT file says of images, by its interpreter."""
    from ai_edge_litert.interpreter import Interpreter

    with no_stderr():  # where it reports its delegate
        interpreter = Interpreter(str(path))
        (pixels,) = interpreter.get_input_details()
        (probabilities,) = interpreter.get_output_details()
        interpreter.resize_tensor_input(pixels["index"], images.shape)
        interpreter.allocate_tensors()
    interpreter.set_tensor(pixels["index"], images)
    interpreter.invoke()
    return interpreter.get_tensor(probabilities["index"])


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
        ValueError: where the backend is another than the format needs, and
            where the file differs from the model by over `TOLERANCE`. Nothing
            is written then.
    """
    form = FORMATS[to]
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
