"""What training a network on one image computes, counted layer by layer."""

import math
import re
from typing import NamedTuple
from unittest import mock

import keras
from keras import layers

# A layer is passed forward, then back twice: for the gradient of its input and
# for that of its weights.
PASSES = 3


class Operations(NamedTuple):
    """What a training step computes for one image, forward and back.

    Attributes:
        multiply_adds: of convolutions and dense layers; each is two floating
            point operations.
        activations: elements of the outputs of all layers.
        weights: trained parameters, updated once a step.
    """

    multiply_adds: float
    activations: float
    weights: float


class Call(layers.Layer):
    """A model called as a layer is: every layer in it is called in turn."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def call(self, images):
        return self.model(images)


def multiply_adds(layer, shape):
    """Multiply-adds of one call of a layer on one image, forward.

    Args:
        layer: keras.Layer, built; all but convolutions and dense layers, and
            what is made of those, count as 0.
        shape: of its output, batch first, channels last.
    """
    if isinstance(layer, layers.SeparableConv2D):
        kernels = layer.depthwise_kernel, layer.pointwise_kernel
    elif isinstance(
        layer, layers.Conv2D | layers.DepthwiseConv2D | layers.Dense
    ):
        kernels = (layer.kernel,)
    else:
        return 0
    positions = math.prod(shape[1:-1])
    return positions * sum(math.prod(kernel.shape) for kernel in kernels)


def count_operations(network, input_shape, frozen=""):
    """Count what training computes for an image, without computing it.

    A layer counts each time that it is called, in whatever model or layer it
    lies. Below the first that is trained there is no pass back.

    Args:
        network: `input_shape -> keras.Model`.
        input_shape: `(height, width, channels)`, sides in pixels.
        frozen: regular expression of the layers that are not trained, as in
            `ferkeras.papers.recipe.Phase`.

    Returns:
        `Operations`.
    """
    calls, plain_call = [], layers.Layer.__call__

    def noted(layer, *args, **kwargs):
        outputs = plain_call(layer, *args, **kwargs)
        if not isinstance(layer, keras.Model | Call):
            calls.append((layer, keras.tree.flatten(outputs)))
        return outputs

    # In such a scope weights have shapes, and no values are drawn.
    with keras.StatelessScope(initialize_variables=False):
        model = network(input_shape)
        # Keras has no public way to see the calls inside a nested model.
        with mock.patch.object(layers.Layer, "__call__", noted):
            Call(model)(keras.Input(batch_shape=(1, *input_shape)))
    passes, counted, activations, weights = 1, 0, 0, {}
    for layer, outputs in calls:
        if layer.weights and not re.match(frozen or "$", layer.name):
            passes = PASSES
            weights |= {id(x): x.shape for x in layer.trainable_weights}
        counted += passes * multiply_adds(layer, outputs[0].shape)
        activations += passes * sum(math.prod(x.shape[1:]) for x in outputs)
    return Operations(
        counted, activations, sum(map(math.prod, weights.values()))
    )
