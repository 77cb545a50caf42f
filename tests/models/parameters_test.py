"""Parameter counts of `papers.md` and the papers themselves."""

from functools import partial

import keras
import numpy as np
import pytest

from ferkeras import models
from ferkeras.models import (
    alexnet,
    alexnet48,
    compact_bottleneck,
    deep_emotion,
    dexpression,
    mini_xception,
    parallel_streams,
    plain_cnn,
    pyramid_sr,
    residual_network,
    sequential_cnn,
    sparse_classifier,
    vgg13,
    vgg16_bn,
)
from tests.narrow import without_values

pytestmark = pytest.mark.any_backend

# Batch normalisation of the compact network, trained and moving: Table 3
# leaves it out.
NORMALIZATION = 2 * 12512

# papers.md counts gamma and beta only: the two moving arrays come on top.
MOVING = 2 * 10
# Channels: three branches of seven convolutions, six shared, the head's.
PYRAMID = 3 * 1152 + 6 * 512 + 1536
AUTHORS_PYRAMID = partial(pyramid_sr, position=7)
stack = partial(plain_cnn, filters=(10, 32, 64, 128), dense=(100,))
normalized = partial(stack, batch_normalization=True)
transformed = partial(
    parallel_streams, network=mini_xception, spatial_transformer=True
)
thin = partial(residual_network, filters=(32, 64, 128), stem_strides=2)
# Filters of a stage of 128 after one of 64: convolutions, of the skip as well,
# and normalisation.
TO_128 = 9 * 64 * 128 + 27 * 128**2 + 64 * 128 + 5 * 4 * 128
TO_64 = 9 * 32 * 64 + 27 * 64**2 + 32 * 64 + 5 * 4 * 64
TO_192 = 9 * 128 * 192 + 27 * 192**2 + 128 * 192 + 5 * 4 * 192
unpooled = partial(dexpression, first_pool=False)

TABLE = [
    (vgg13, (64, 64, 1), 8, 8757704),
    (vgg13, (64, 64, 2), 8, 8758280),
    (vgg13, (64, 64, 3), 8, 8758856),
    (compact_bottleneck, (64, 64, 1), 8, 364064 + NORMALIZATION),
    (compact_bottleneck, (64, 64, 2), 8, 364640 + NORMALIZATION),
    (compact_bottleneck, (64, 64, 3), 8, 365216 + NORMALIZATION),
    (partial(stack, filters=(10, 32)), (48, 48, 1), 7, 464619),
    (partial(stack, filters=(10, 32), padding="valid"), (48, 48, 1), 7, 323819),
    (stack, (48, 48, 1), 7, 211371),
    (partial(stack, padding="valid"), (48, 48, 1), 7, 108971),
    (normalized, (48, 48, 1), 7, 211839 + 2 * 234),
    (partial(normalized, padding="valid"), (48, 48, 1), 7, 109439 + 2 * 234),
    (alexnet, (227, 227, 3), 7, 56896903),
    (alexnet, (227, 227, 3), 1000, 60965224),
    (partial(alexnet, dense=()), (227, 227, 3), 7, 2398599),
    (alexnet48, (48, 48, 1), 7, 23462599),
    (dexpression, (224, 224, 1), 7, 790311),
    (dexpression, (224, 224, 1), 11, 1003563),
    (dexpression, (48, 48, 1), 7, 434263),
    (partial(dexpression, wider=True), (48, 48, 1), 7, 624855),
    (unpooled, (48, 48, 1), 7, 485671),
    (partial(unpooled, wider=True), (48, 48, 1), 7, 700455),
    (deep_emotion, (48, 48, 1), 7, 66877 + MOVING),
    (partial(deep_emotion, wide=True), (48, 48, 1), 7, 217575 + MOVING),
    (mini_xception, (64, 64, 1), 7, 58423),
    (sequential_cnn, (48, 48, 1), 7, 642935),
    (partial(transformed, streams=((0,),)), (64, 64, 1), 7, 58423 + 48720),
    (
        partial(transformed, streams=((0,), (1,), (2,))),
        (64, 64, 3),
        7,
        3 * (58423 + 48720),
    ),
    (
        thin,
        (48, 48, 1),
        7,
        13 * 32 + 4 * (9 * 32**2 + 4 * 32) + TO_64 + TO_128 + 129 * 7,
    ),
    (
        residual_network,
        (48, 48, 1),
        7,
        13 * 64 + 4 * (9 * 64**2 + 4 * 64) + TO_128 + TO_192 + 193 * 7,
    ),
    (sparse_classifier, (48, 48, 1), 7, 5895143),
    (sparse_classifier, (48, 48, 1), 8, 5895272),
    (partial(sparse_classifier, pools=3), (48, 48, 1), 7, 2356199),
    (
        partial(sparse_classifier, pools=3, convolutions=1),
        (48, 48, 1),
        7,
        1570439,
    ),
    (vgg16_bn, (100, 100, 3), 7, 15254599 + 2 * (4224 + 1536)),
    (AUTHORS_PYRAMID, (100, 100, 3), 7, 20244586 + 2 * PYRAMID),
    (AUTHORS_PYRAMID, (96, 96, 3), 8, 20231979 + 2 * PYRAMID),
    # Of the seventh convolution, two less.
    (pyramid_sr, (100, 100, 3), 7, 19063402 + 2 * (PYRAMID - 2 * 256)),
    (pyramid_sr, (96, 96, 3), 8, 19050795 + 2 * (PYRAMID - 2 * 256)),
]
# They return images; their own tests count them.
NO_CLASSIFIERS = {"edsr", "sparse_autoencoder", "super_resolution"}
# Table 3, as recomputed from its own columns.
ROWS = [576, 6720, 12480, 8208, 9360, 14016, 14016, 20160, 52608, 52608]
ROWS += [52608, 77184, 40960, 0, 2560]


@pytest.mark.parametrize("builder,shape,classes,parameters", TABLE)
def test_parameters(builder, shape, classes, parameters):
    with without_values():
        model = builder(shape, classes)
    assert model.count_params() == parameters
    assert model.output.shape == (None, classes)
    assert model.output.dtype == "float32"


def test_every_network_is_in_the_table():
    # A partial names its function in `func`.
    functions = {getattr(builder, "func", builder) for builder, *_ in TABLE}
    names = {each.__name__ for each in functions}
    assert names == set(models.__all__) - NO_CLASSIFIERS


def convolution_weights(model, row):
    return sum(
        weight.shape and int(np.prod(weight.shape))
        for layer in model.layers
        if layer.name.split("_")[0] == row
        and not isinstance(layer, keras.layers.BatchNormalization)
        for weight in layer.weights
    )


def test_compact_rows_equal_table_3_and_explain_its_total():
    model = compact_bottleneck((64, 64, 1), 8)
    counts = [convolution_weights(model, f"row{k}") for k in range(1, 16)]
    assert counts == ROWS
    # Rows 2 to 13 are printed right. The printed total counts row 1 with 64
    # biases, and row 15 as if it had 256 inputs instead of 320.
    conv1, last = counts[0] + 64, counts[14] * 256 // 320
    assert (conv1, sum(counts[1:13]), last) == (640, 360928, 2048)
    assert conv1 + sum(counts[1:13]) + last == 363616


@pytest.mark.parametrize(
    "builder",
    [
        partial(alexnet, dense=()),
        vgg13,
        compact_bottleneck,
        dexpression,
        deep_emotion,
        sparse_classifier,
        partial(transformed, streams=((0,),)),
    ],
)
def test_logits_stay_float32_in_mixed_precision(builder):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        logits = builder((64, 64, 1), 8)(np.zeros((1, 64, 64, 1), np.float32))
    finally:
        keras.config.set_dtype_policy("float32")
    assert keras.backend.standardize_dtype(logits.dtype) == "float32"
