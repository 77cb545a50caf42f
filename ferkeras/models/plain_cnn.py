"""Plain stacks of convolution and pooling, then dense layers."""

import keras
from keras import layers

from ferkeras.layers import BatchNormalizationWithoutEval, DropoutWithoutEval


def plain_cnn(
    input_shape,
    num_classes,
    *,
    filters,
    dense,
    kernel_size=3,
    padding="same",
    dropout=0.0,
    batch_normalization=False,
    initializer="glorot_uniform",
    without_eval=False,
    name="plain_cnn",
):
    """Convolutions, each with ReLU and 2x2 max pooling, then dense layers.

    Args:
        input_shape: `(height, width, channels)`; standardised float channels.
        num_classes: number of classes.
        filters: filters of each convolution.
        dense: units of each hidden dense layer.
        kernel_size: side of the convolution kernels in pixels.
        padding: `"same"` or `"valid"`.
        dropout: share of values dropped after each pooling.
        batch_normalization: whether to normalise before each ReLU of a
            convolution.
        initializer: Keras name of the initialiser of every kernel.
        without_eval: whether dropout and batch normalisation are in scoring
            as in training, like those of a torch model without `eval()`.
        name: name of the model.

    Returns:
        A keras.Model from images to float32 logits `(batch, num_classes)`.

    Reference: Chesley, 2021, models A to G; LeCun et al., 1998 (LeNet-5).
    """
    normalize, drop = layers.BatchNormalization, layers.Dropout
    if without_eval:
        normalize, drop = BatchNormalizationWithoutEval, DropoutWithoutEval
    inputs = x = keras.Input(input_shape)
    for index, width in enumerate(filters, 1):
        x = layers.Conv2D(
            width,
            kernel_size,
            padding=padding,
            kernel_initializer=initializer,
            name=f"conv{index}",
        )(x)
        if batch_normalization:
            # torch's: momentum 0.1 there is 0.9 here.
            x = normalize(momentum=0.9, epsilon=1e-5, name=f"bn{index}")(x)
        x = layers.ReLU(name=f"relu{index}")(x)
        x = layers.MaxPooling2D(name=f"pool{index}")(x)
        if dropout:
            x = drop(dropout, name=f"dropout{index}")(x)
    x = layers.Flatten(name="flatten")(x)
    for index, units in enumerate(dense, 1):
        x = layers.Dense(
            units,
            activation="relu",
            kernel_initializer=initializer,
            name=f"dense{index}",
        )(x)
    logits = layers.Dense(
        num_classes,
        kernel_initializer=initializer,
        dtype="float32",
        name="logits",
    )(x)
    return keras.Model(inputs, logits, name=name)
