"""The compact inverted-bottleneck network of Pandey et al."""

from functools import partial

import keras
from keras import layers

# Rows 2 to 12 of the paper's Table 3: (filters c, stride s, expansion t).
BOTTLENECKS = (
    (32, 1, 1),
    (24, 2, 6),
    (24, 1, 6),
    (32, 2, 6),
    (32, 1, 6),
    (32, 1, 6),
    (64, 1, 6),
    (64, 1, 6),
    (64, 1, 6),
    (64, 1, 6),
    (128, 1, 6),
)


# Keras' 0.99 would leave the moving averages of a short run at their start.
normalization = partial(layers.BatchNormalization, momentum=0.9)


def convolution(x, filters, size, stride, name):
    """Bias-free convolution, batch normalisation and ReLU6."""
    x = layers.Conv2D(
        filters, size, stride, padding="same", use_bias=False, name=name
    )(x)
    x = normalization(name=f"{name}_bn")(x)
    return layers.ReLU(6.0, name=f"{name}_relu")(x)


def bottleneck(x, filters, stride, expansion, name):
    """Expand 1x1, filter depthwise 3x3, project 1x1; add where shapes agree.

    The expansion is kept at `expansion` 1 too: only so does row 2 of Table 3
    have its 6720 weights. Keras' MobileNetV2 leaves it out.
    """
    inputs, in_filters = x, x.shape[-1]
    x = convolution(x, expansion * in_filters, 1, 1, f"{name}_expand")
    x = layers.DepthwiseConv2D(
        3, stride, padding="same", use_bias=False, name=f"{name}_depthwise"
    )(x)
    x = normalization(name=f"{name}_depthwise_bn")(x)
    x = layers.ReLU(6.0, name=f"{name}_depthwise_relu")(x)
    x = layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_project")(x)
    x = normalization(name=f"{name}_project_bn")(x)
    if stride == 1 and filters == in_filters:
        x = layers.Add(name=f"{name}_add")([inputs, x])
    return x


def compact_bottleneck(
    input_shape, num_classes, bottlenecks=BOTTLENECKS, name="compact_bottleneck"
):
    """Fifteen-row inverted-bottleneck network, about 0.36 M weights.

    364,064 convolution weights for `(64, 64, 1)` and 8 classes, none of them
    biases, and 25,024 numbers of batch normalisation, which the paper does not
    count. Layers are named after the rows of the table.

    Args:
        input_shape: `(height, width, channels)`; standardised float channels.
        num_classes: number of classes.
        bottlenecks: `(filters, stride, expansion)` of each, from row 2 on.
        name: name of the model.

    Returns:
        A keras.Model from images to float32 logits `(batch, num_classes)`.

    Reference: Pandey et al., 2019, Table 3.
    """
    inputs = keras.Input(input_shape)
    x = convolution(inputs, 64, 3, 2, "row1")
    for row, (filters, stride, expansion) in enumerate(bottlenecks, 2):
        x = bottleneck(x, filters, stride, expansion, f"row{row}")
    x = convolution(x, 320, 1, 1, "row13")
    x = layers.GlobalAveragePooling2D(keepdims=True, name="row14")(x)
    x = layers.Conv2D(num_classes, 1, use_bias=False, name="row15")(x)
    logits = layers.Flatten(dtype="float32", name="logits")(x)
    return keras.Model(inputs, logits, name=name)
