"""Grad-CAM: where a network finds the evidence for a class."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from keras import ops


def named_layers(
    model: keras.Model, path: str = ""
) -> Iterator[tuple[str, keras.Layer]]:
    """Layers of a model and of the models in it, by path: `"net/conv1"`."""
    for layer in model.layers:
        yield f"{path}{layer.name}", layer
        if isinstance(layer, keras.Model):
            yield from named_layers(layer, f"{path}{layer.name}/")


def find_layer(model: keras.Model, name: str) -> keras.Layer:
    """The one layer whose path is `name` or ends with it."""
    found = {
        path: layer
        for path, layer in named_layers(model)
        if f"/{path}".endswith(f"/{name}")
    }
    if len(found) != 1:
        raise ValueError(
            "layer_name must be the name of one layer of the model, with those "
            "of the models it is in where they are needed, as in 'net/conv1'. "
            f"{len(found)} layers fit: {', '.join(found)}. Received: {name!r}"
        )
    return next(iter(found.values()))


@contextmanager
def rewritten(
    layer: keras.Layer, change: Callable[[Any], Any]
) -> Iterator[None]:
    """Within, `change(outputs)` is what the layer hands on.

    The model is not cut in two at the layer instead, as shortcuts may go round
    the layer, and the layer may be in a model in the model.
    """
    call = layer.call

    def changed(*args: Any, **kwargs: Any) -> Any:
        return change(call(*args, **kwargs))

    layer.call = changed
    try:
        yield
    finally:
        del layer.call


def gradient(function: Callable[[Any], Any], x: Any) -> np.ndarray:
    """Gradient, float32 NumPy, of a scalar function of one tensor."""
    if keras.backend.backend() == "jax":
        import jax

        return np.asarray(jax.grad(function)(x), np.float32)
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    return tape.gradient(y, x).numpy().astype(np.float32)


def grad_cam(
    model: keras.Model,
    layer_name: str,
    images: np.ndarray,
    classes: np.ndarray | None = None,
) -> np.ndarray:
    """Weigh a layer's maps by how much each raises a class's logit.

    With the layer's maps A of an image and the logit y of a class,

        weight[k] = mean over rows i and columns j of dy / dA[i, j, k]
        map[i, j] = max(0, sum over k of weight[k] A[i, j, k])

    The map is enlarged bilinearly to the image's size and divided by its
    maximum; it is all zero where no channel speaks for the class.

    Args:
        model: functional or sequential `keras.Model` from one image tensor to
            logits `(batch, num_classes)`, such as the `classifier` or the
            `scoring` model of `ferkeras.training.build.Networks`. The gradient
            of a softmax in their place would vanish where the network is sure.
        layer_name: name of a layer whose output is `(batch, rows, columns,
            channels)`, be it in a model in the model. Where several models
            have a layer of that name, the path of one: `"stream1/conv2"`.
        images: `(count, height, width, channels)`, as the model takes them;
            all go through it at once.
        classes: the class whose evidence is sought, for each image, integers
            `(count,)`; those predicted when None.

    Returns:
        float32 `(count, height, width)`, 0 to 1.

    Raises:
        ValueError: where the name fits no layer or several, or the layer has
            no rows and columns, or is called more than once.

    Reference: Selvaraju et al., ICCV 2017 (arXiv:1610.02391), Eqs. 1 and 2.
    """
    layer = find_layer(model, layer_name)
    outputs: list[Any] = []

    def keep(x: Any) -> Any:
        outputs.append(x)
        return x

    with rewritten(layer, keep):
        logits = ops.convert_to_numpy(model(images, training=False))
    if len(outputs) != 1 or len(outputs[0].shape) != 4:
        raise ValueError(
            "layer_name must be of a layer that is called once and returns "
            "(batch, rows, columns, channels). "
            f"Received: {layer_name!r}, which returns "
            f"{', '.join(str(tuple(x.shape)) for x in outputs)}"
        )
    if classes is None:
        classes = logits.argmax(-1)
    chosen = np.eye(logits.shape[-1], dtype=np.float32)[classes]
    # On JAX, a plain call would leave traced activity penalties in the model.
    state = [
        [variable.value for variable in variables]
        for variables in (
            model.trainable_variables,
            model.non_trainable_variables,
        )
    ]

    def evidence(offset: Any) -> Any:
        with rewritten(layer, lambda x: x + offset):
            logits, _ = model.stateless_call(*state, images, training=False)
        return ops.sum(logits * chosen)

    slopes = gradient(evidence, ops.zeros_like(outputs[0]))
    weights = slopes.mean((1, 2), keepdims=True)
    maps = ops.convert_to_numpy(ops.cast(outputs[0], "float32"))
    maps = np.maximum((weights * maps).sum(-1, keepdims=True), 0)
    maps = ops.image.resize(maps, images.shape[1:3], "bilinear")
    maps = ops.convert_to_numpy(maps)[..., 0]
    peaks = maps.max((1, 2), keepdims=True)
    return np.divide(maps, peaks, out=np.zeros_like(maps), where=peaks > 0)


def surest(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Find the surest right and the surest wrong prediction of each class.

    Args:
        labels: int `(count,)`.
        probabilities: float `(count, classes)`.

    Returns:
        Indices of images, int `(2, classes)`: in column k, of images of class
        k, first one that is taken for it, then one that is not; -1 where there
        is none.
    """
    right = probabilities.argmax(-1) == labels
    chosen = np.full((2, probabilities.shape[1]), -1)
    for row, column in np.ndindex(*chosen.shape):
        outcome = (right, ~right)[row]
        among = np.flatnonzero((labels == column) & outcome)
        if len(among):
            sureness = probabilities[among].max(-1)
            chosen[row, column] = among[sureness.argmax()]
    return chosen
