"""A residual network for faces of 48 pixels, of any width."""

import keras
from keras import layers

# Statistics of about the last ten batches.
MOMENTUM = 0.9


def convolved(x, filters, strides, name, gamma="ones"):
    """A 3x3 convolution and batch normalisation."""
    x = layers.Conv2D(
        filters,
        3,
        strides,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
        name=f"{name}_conv",
    )(x)
    return layers.BatchNormalization(
        momentum=MOMENTUM, gamma_initializer=gamma, name=f"{name}_bn"
    )(x)


def block(x, filters, strides, name):
    """Two convolutions, added to what came in."""
    skip = x
    if strides > 1:
        # Every pixel counts, where a strided 1x1 convolution sees a quarter.
        skip = layers.AveragePooling2D(strides, name=f"{name}_skip_pool")(skip)
    if skip.shape[-1] != filters:
        skip = layers.Conv2D(
            filters,
            1,
            use_bias=False,
            kernel_initializer="he_normal",
            name=f"{name}_skip_conv",
        )(skip)
        skip = layers.BatchNormalization(
            momentum=MOMENTUM, name=f"{name}_skip_bn"
        )(skip)
    x = convolved(x, filters, strides, f"{name}_1")
    x = layers.ReLU(name=f"{name}_1_relu")(x)
    # A block begins as its skip alone.
    x = convolved(x, filters, 1, f"{name}_2", gamma="zeros")
    x = layers.Add(name=f"{name}_add")([x, skip])
    return layers.ReLU(name=f"{name}_relu")(x)


def residual_network(
    input_shape,
    num_classes,
    filters=(64, 128, 192),
    blocks=2,
    stem_strides=1,
    dropout=0.2,
    name="residual_network",
):
    """A 3x3 convolution, stages of residual blocks, global average pooling.

    1,922,439 parameters for `(48, 48, 1)` and 7 classes.

    Args:
        input_shape: `(height, width, channels)`, sides in pixels that all
            strides divide; standardised float channels.
        num_classes: number of classes.
        filters: of each stage; all stages but the first halve the sides.
        blocks: in each stage, of two convolutions.
        stem_strides: of the first convolution, which has the filters of the
            first stage.
        dropout: share of the features dropped before the last layer.
        name: name of the model.

    Returns:
        A keras.Model from images to float32 logits `(batch, num_classes)`.

    Reference: He et al., CVPR 2016, with the first convolution that they use
    for small images; skips that average and last normalisations that begin at
    zero as in He et al., CVPR 2019 ("Bag of tricks").
    """
    inputs = keras.Input(input_shape)
    x = convolved(inputs, filters[0], stem_strides, "stem")
    x = layers.ReLU(name="stem_relu")(x)
    for stage, width in enumerate(filters, 1):
        for index in range(1, blocks + 1):
            strides = 2 if index == 1 < stage else 1
            x = block(x, width, strides, f"stage{stage}_block{index}")
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    logits = layers.Dense(num_classes, dtype="float32", name="logits")(x)
    return keras.Model(inputs, logits, name=name)
