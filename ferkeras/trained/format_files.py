"""Files of each format, how they are written and what they say of images."""

import json
import warnings
from pathlib import Path

import keras
import numpy as np

from ferkeras.quiet import no_stderr
from ferkeras.scoring.saved_model import saved_model


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
