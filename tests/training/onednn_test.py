"""oneDNN, which is on by default: no network meets its fault."""

import json
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import layers

from reproductions import papers
from tests.narrow import without_values

pytestmark = pytest.mark.any_backend

# One row of each network: many rows train the same.
ROWS = {
    (repr(row.model), row.image_size, len(row.channels)): row
    for paper in papers()
    for row in paper.rows
}.values()
# A convolution of each kind, its gradients on noise.
GRADIENTS = """
import json, sys
import ferkeras, keras, numpy as np, tensorflow as tf

found = {}
for index, (name, config, shape) in enumerate(json.loads(sys.argv[1])):
    rng = np.random.default_rng(index)
    images = tf.constant(rng.normal(size=[8, *shape]).astype("float32"))
    keras.utils.set_random_seed(index)
    layer = getattr(keras.layers, name)(**config)
    with tf.GradientTape() as tape:
        tape.watch(images)
        outputs = layer(images)
        loss = tf.reduce_sum(outputs * rng.normal(size=outputs.shape))
    taken = tape.gradient(loss, [images, *layer.trainable_weights])
    found |= {f"{index}/{i}": x for i, x in enumerate([outputs, *taken])}
np.savez(sys.argv[2], **found)
"""


def strided(network, input_shape):
    """Convolutions that skip pixels, in whatever model or layer they lie."""
    with without_values():
        model = network(input_shape)
    return [
        layer
        for layer in model._flatten_layers()
        if hasattr(layer, "kernel_size") and max(layer.strides) > 1
    ]


def at_fault(layer):
    """Whether oneDNN writes its weights' gradient out of bounds.

    It does for a kernel of one pixel, a stride above one, and fewer than 16
    channels: those that go in or, of a transposed convolution, come out. The
    next axis but one of any kernel has them.

    Reference: oneDNN issue #6035.
    """
    kernel = layer.weights[0]
    return max(layer.kernel_size) == 1 and kernel.shape[-2] < 16


@pytest.fixture(scope="module")
def convolutions():
    """Strided convolutions of every row's network."""
    return [
        found
        for row in ROWS
        for found in strided(
            lambda shape, row=row: row.model(
                shape, *((7,) if row.task.classifies else ())
            ),
            (row.image_size, row.image_size, len(row.channels)),
        )
    ]


@pytest.mark.slow  # a minute, to build a hundred networks
def test_no_network_has_a_convolution_that_onednn_gets_wrong(convolutions):
    # AlexNet's first, to begin with.
    assert convolutions
    wrong = [layer.path for layer in convolutions if at_fault(layer)]
    assert not wrong, "pick the pixels first, as mini_xception does"


class Hidden(layers.Layer):
    """A layer made of a layer."""

    def build(self, input_shape):
        self.inner = layers.Conv2D(16, 1, strides=2)
        self.inner.build(input_shape)

    def call(self, inputs):
        return self.inner(inputs)


BAD = {
    "convolution": lambda: layers.Conv2D(16, 1, strides=2),
    "depthwise": lambda: layers.DepthwiseConv2D(1, strides=2),
    "separable": lambda: layers.SeparableConv2D(16, 1, strides=2),
    "transposed": lambda: layers.Conv2DTranspose(8, 1, strides=2),
    "in a model": lambda: keras.Sequential([layers.Conv2D(16, 1, strides=2)]),
    "in a layer": Hidden,
}
GOOD = {
    "three pixels": lambda: layers.Conv2D(16, 3, strides=2),
    "no stride": lambda: layers.Conv2D(16, 1),
    "pixels first": lambda: layers.MaxPooling2D(1, strides=2),
}


def wrong_of(layer, channels):
    """Which of a network of one layer's convolutions are at fault."""

    def network(shape):
        inputs = keras.Input(shape)
        return keras.Model(inputs, layer()(inputs))

    return [at_fault(x) for x in strided(network, (8, 8, channels))]


@pytest.mark.parametrize("layer", BAD.values(), ids=[*BAD])
def test_a_convolution_at_fault_is_found(layer):
    assert wrong_of(layer, 15) == [True]


@pytest.mark.parametrize("layer", GOOD.values(), ids=[*GOOD])
def test_others_are_not(layer):
    assert not any(wrong_of(layer, 15))


def test_sixteen_channels_are_enough():
    assert wrong_of(BAD["convolution"], 16) == [False]


def gradients(kinds, path, **environment):
    """Outputs and gradients of convolutions, from a process of its own."""
    subprocess.run(
        [sys.executable, "-c", GRADIENTS, json.dumps(kinds), str(path)],
        env={**os.environ, "KERAS_BACKEND": "tensorflow", **environment},
        check=True,
    )
    with np.load(path) as file:
        return dict(file)


@pytest.mark.slow
def test_strided_convolutions_have_the_gradients_they_have_without_onednn(
    convolutions, tmp_path
):
    pytest.importorskip("tensorflow")
    kinds = {}
    for layer in convolutions:
        names = "filters", "kernel_size", "strides", "padding", "groups"
        config = {n: getattr(layer, n) for n in names if hasattr(layer, n)}
        kind = type(layer).__name__, config, layer.input.shape[1:]
        kinds[repr(kind)] = kind
    kinds = [*kinds.values()]
    assert kinds
    expected = gradients(kinds, tmp_path / "0.npz", TF_ENABLE_ONEDNN_OPTS="0")
    for instructions in ("AVX2", "ALL"):
        found = gradients(
            kinds,
            tmp_path / f"{instructions}.npz",
            TF_ENABLE_ONEDNN_OPTS="1",
            ONEDNN_MAX_CPU_ISA=instructions,
        )
        for key, values in expected.items():
            error = np.abs(found[key] - values).max() / np.abs(values).max()
            kind = kinds[int(key.split("/")[0])]
            assert error < 1e-4, (instructions, kind, key)
