"""Multiply-adds and activations, counted by hand."""

import math

import keras
import pytest
from keras import layers

from ferkeras.layers import SpatialTransformer
from ferkeras.models import mini_xception, vgg13
from ferkeras.runs.operations import PASSES, Operations, count_operations

SHAPE = 8, 8, 2
# Of an 8x8 image of 2 channels: forward, and elements of the output.
LAYERS = {
    "convolution": (layers.Conv2D(3, 3), 6 * 6 * 3 * 3 * 2 * 3, 6 * 6 * 3, 57),
    "strided": (layers.Conv2D(3, 2, 2), 4 * 4 * 2 * 2 * 2 * 3, 4 * 4 * 3, 27),
    "in groups": (
        layers.Conv2D(4, 3, groups=2), 6 * 6 * 3 * 3 * 1 * 4, 6 * 6 * 4, 40,
    ),
    "depthwise": (
        layers.DepthwiseConv2D(3), 6 * 6 * 3 * 3 * 2, 6 * 6 * 2, 20,
    ),
    "separable": (
        layers.SeparableConv2D(5, 3),
        6 * 6 * (3 * 3 * 2 + 2 * 5),
        6 * 6 * 5,
        33,
    ),
    "dense on pixels": (layers.Dense(4), 8 * 8 * 2 * 4, 8 * 8 * 4, 12),
    "normalisation": (layers.BatchNormalization(), 0, 8 * 8 * 2, 4),
}  # fmt: skip


def of(*stack):
    """A network of layers in a row."""

    def network(shape):
        inputs = x = keras.Input(shape)
        for layer in stack:
            x = layer(x)
        return keras.Model(inputs, x)

    return network


@pytest.mark.parametrize(
    "layer,multiply_adds,activations,weights", LAYERS.values(), ids=[*LAYERS]
)
def test_a_layer(layer, multiply_adds, activations, weights):
    fresh = layer.__class__.from_config(layer.get_config())
    assert count_operations(of(fresh), SHAPE) == (
        PASSES * multiply_adds,
        PASSES * activations,
        weights,
    )


def test_a_model_in_a_model_counts_each_time_that_it_is_called():
    def network(shape):
        inputs = keras.Input(shape)
        # Of any size: called on 8x8 and, halved, on 4x4.
        part = of(layers.Conv2D(3, 1), layers.ReLU())((None, None, 2))
        half = layers.AveragePooling2D(2)(inputs)
        both = [layers.Flatten()(part(x)) for x in (inputs, half)]
        return keras.Model(inputs, layers.Concatenate()(both))

    # Convolution, ReLU, flattened and joined, of 64 and 16 pixels; before
    # them the pooling, which has no pass back.
    elements = (64 + 16) * 3
    assert count_operations(network, SHAPE) == (
        PASSES * (64 + 16) * 2 * 3,
        PASSES * 4 * elements + 4 * 4 * 2,
        9,
    )


def test_layers_inside_a_sequential_model_and_a_layer_count():
    inside = keras.Sequential([layers.Conv2D(3, 3), layers.ReLU()])
    assert count_operations(of(inside), SHAPE) == count_operations(
        of(layers.Conv2D(3, 3), layers.ReLU()), SHAPE
    )
    warp = SpatialTransformer((4, 5), (3, 3), 6)
    # 28x28 less 2, halved, less 2, halved: 26, 13, 11, 5.
    forward = 26**2 * 9 * 4 + 11**2 * 9 * 4 * 5 + 5**2 * 5 * 6 + 6 * 6
    counted = count_operations(of(warp), (28, 28, 1))
    assert counted.multiply_adds == PASSES * forward


def test_below_the_first_trained_layer_there_is_no_pass_back():
    stack = layers.Conv2D(3, 3, name="low"), layers.Conv2D(4, 3, name="high")
    low, high = 6 * 6 * 9 * 2 * 3, 4 * 4 * 9 * 3 * 4
    assert count_operations(of(*stack), SHAPE, "low") == Operations(
        low + PASSES * high, 6 * 6 * 3 + PASSES * 4 * 4 * 4, 9 * 3 * 4 + 4
    )


@pytest.mark.parametrize(
    "network,classes,gflop",
    [(vgg13, 8, 5.26), (mini_xception, 7, 0.061)],
)
def test_known_networks(network, classes, gflop):
    counted = count_operations(
        lambda shape: network(shape, classes), (64, 64, 1)
    )
    floating_point = 2 * counted.multiply_adds / 1e9
    assert floating_point == pytest.approx(gflop, rel=0.01)

    weights = network((64, 64, 1), classes).trainable_weights
    assert counted.weights == sum(math.prod(x.shape) for x in weights)
