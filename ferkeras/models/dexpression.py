"""DeXpression: a stem and two blocks of parallel feature extraction."""

from functools import partial

import keras
from keras import layers

from ferkeras.layers import LocalResponseNormalization


def feat_ex(x, block, convolution, beside=None):
    """Parallel feature extraction block: 272 channels, at half the side.

    1x1 then 3x3 convolution, beside max pooling then 1x1 convolution;
    concatenated, and pooled again.

    Args:
        x: `(batch, height, width, channels)`.
        block: the block's number in the paper, first in its layers' names.
        convolution: `(filters, size, name=...) -> layer`.
        beside: `"b"` or `"c"`, the convolution that gets another of 128
            filters at its side, for 400 channels.
    """
    a = convolution(96, 1, name=f"conv{block}a")(x)
    pooled = layers.MaxPooling2D(3, 1, "same", name=f"pool{block}a")(x)
    branches = [
        convolution(208, 3, name=f"conv{block}b")(a),
        convolution(64, 1, name=f"conv{block}c")(pooled),
    ]
    if beside:
        source, size = {"b": (a, 3), "c": (pooled, 1)}[beside]
        branches.append(convolution(128, size, name=f"conv{block}d")(source))
    x = layers.Concatenate(name=f"concat{block}")(branches)
    return layers.MaxPooling2D(3, 2, "same", name=f"pool{block}b")(x)


def dexpression(
    input_shape,
    num_classes,
    *,
    first_pool=True,
    wider=False,
    initializer="glorot_uniform",
    name="dexpression",
):
    """Stem, local response normalisation, two blocks and one dense layer.

    790,311 parameters for `(224, 224, 1)` and 7 classes; 485,671 for
    `(48, 48, 1)` without the first pooling. ReLU after every convolution.

    Args:
        input_shape: `(height, width, channels)`; standardised float channels.
        num_classes: number of classes.
        first_pool: whether max pooling follows the stem's convolution.
        wider: whether 128 more filters stand beside 2b and beside 3c, as in
            Chesley's model K.
        initializer: Keras name of the initialiser of every kernel.
        name: name of the model.

    Returns:
        A keras.Model from images to float32 logits `(batch, num_classes)`.

    Reference: Burkert et al., 2015 (arXiv:1509.05371); Chesley, 2021, models J
    and K.
    """
    convolution = partial(
        layers.Conv2D,
        padding="same",
        activation="relu",
        kernel_initializer=initializer,
    )
    inputs = keras.Input(input_shape)
    x = convolution(64, 7, strides=2, name="conv1")(inputs)
    if first_pool:
        x = layers.MaxPooling2D(3, 2, "same", name="pool1")(x)
    x = LocalResponseNormalization(name="lrn1")(x)
    x = feat_ex(x, 2, convolution, "b" if wider else None)
    x = feat_ex(x, 3, convolution, "c" if wider else None)
    x = layers.Flatten(name="flatten")(x)
    logits = layers.Dense(
        num_classes,
        kernel_initializer=initializer,
        dtype="float32",
        name="logits",
    )(x)
    return keras.Model(inputs, logits, name=name)
