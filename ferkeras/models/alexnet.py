"""AlexNet as Caffe's ImageNet weights want it."""

import keras
from keras import initializers, layers, ops

from ferkeras.layers import LocalResponseNormalization

# (filters, kernel size, stride, padding, groups, whether normalisation follows,
# whether max pooling does, first value of the biases).
CONVOLUTIONS = (
    (96, 11, 4, "valid", 1, True, True, 0.0),
    (256, 5, 1, "same", 2, True, True, 0.1),
    (384, 3, 1, "same", 1, False, False, 0.0),
    (384, 3, 1, "same", 2, False, False, 0.1),
    (256, 3, 1, "same", 2, False, True, 0.1),
)
LEAST_SIDE = 39


def initial(stddev, bias):
    """Arguments of a layer: Gaussian weights, constant biases."""
    # An initialiser that two layers share gives both the same numbers.
    return {
        "kernel_initializer": initializers.RandomNormal(stddev=stddev),
        "bias_initializer": initializers.Constant(bias),
    }


def convolution(x, index, filters, size, stride, padding, groups, bias):
    """Convolution and ReLU; in two groups, each of half of the channels."""

    def part(x, name):
        return layers.Conv2D(
            filters // groups,
            size,
            stride,
            padding,
            activation="relu",
            name=name,
            **initial(0.01, bias),
        )(x)

    if groups == 1:
        return part(x, f"conv{index}")
    # Keras' own groups are eight times slower on a CPU.
    parts = [
        part(half, f"conv{index}_{group}")
        for group, half in enumerate(ops.split(x, groups, axis=-1), 1)
    ]
    return layers.Concatenate(name=f"concat{index}")(parts)


def pool(x, index):
    """3x3 max pooling of stride 2 that keeps a last window of two pixels."""
    more = [1 - side % 2 for side in x.shape[1:3]]
    if any(more):
        # Zeros change no maximum of what a ReLU has left.
        x = layers.ZeroPadding2D([(0, n) for n in more], name=f"pad{index}")(x)
    return layers.MaxPooling2D(3, 2, name=f"pool{index}")(x)


def alexnet(
    input_shape,
    num_classes,
    *,
    dense=(4096, 4096),
    dropout=0.0,
    name="alexnet",
):
    """AlexNet with two groups and local response normalisation.

    Sides go 227, 55, 27, 13, 13, 13, 6. 56,896,903 parameters for
    `(227, 227, 3)` and 7 classes, 2,398,599 without hidden dense layers.

    Layers with weights: `conv1`; `conv2_1` and `conv2_2`, the two groups;
    `conv3`; `conv4_1`, `conv4_2`; `conv5_1`, `conv5_2`; `fc6`, `fc7`;
    `logits`. A group has one half of the filters of Caffe's layer, in order,
    and sees one half of the channels. Pooling rounds up, as in Caffe; at 227
    pixels there is nothing to round. Weights start as there: normal, with
    standard deviation 0.01, 0.005 in `fc6` and `fc7`, and biases of 0.1 in
    `conv2`, `conv4`, `conv5`, `fc6` and `fc7`, else 0.

    Args:
        input_shape: `(height, width, channels)`; sides in pixels, at least 39;
            float channels in 0 to 255, or these less a mean.
        num_classes: number of classes.
        dense: units of each hidden dense layer; `()` for none.
        dropout: share of values dropped after the first hidden dense layer,
            or, where there is none, after flattening.
        name: name of the model.

    Returns:
        A keras.Model from images to float32 logits `(batch, num_classes)`.

    Raises:
        ValueError: for a side below 39 pixels.

    Reference: Krizhevsky et al., NIPS 2012; BVLC/caffe, `bvlc_alexnet`;
    Falahzadeh et al., 2021, Table 1, which leaves out groups and
    normalisation. Its section 2.4.1 has no hidden dense layers, Table 1 two.
    """
    if min(input_shape[:2]) < LEAST_SIDE:
        raise ValueError(
            f"`input_shape` takes sides of at least {LEAST_SIDE} pixels, or "
            "nothing is left after three poolings. Received: "
            f"input_shape={input_shape!r}"
        )
    inputs = x = keras.Input(input_shape)
    for index, (*shape, normalized, pooled, bias) in enumerate(CONVOLUTIONS, 1):
        x = convolution(x, index, *shape, bias)
        if normalized:
            x = LocalResponseNormalization(name=f"lrn{index}")(x)
        if pooled:
            x = pool(x, index)
    head = [layers.Flatten(name="flatten")]
    for index, units in enumerate(dense, 6):
        head.append(
            layers.Dense(
                units,
                activation="relu",
                name=f"fc{index}",
                **initial(0.005, 0.1),
            )
        )
    # Behind the first dense layer, or at the end.
    head.insert(2, layers.Dropout(dropout, name="dropout"))
    head.append(
        layers.Dense(
            num_classes, dtype="float32", name="logits", **initial(0.01, 0.0)
        )
    )
    for layer in head:
        x = layer(x)
    return keras.Model(inputs, x, name=name)
