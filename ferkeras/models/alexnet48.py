"""AlexNet for images of 48 pixels."""

import keras
from keras import layers

# (filters, kernel size, stride, padding, whether max pooling follows).
CONVOLUTIONS = (
    (64, 11, 4, 2, True),
    (192, 5, 1, 2, True),
    (384, 3, 1, 1, False),
    (256, 3, 1, 1, False),
    (256, 3, 1, 1, False),
)


def alexnet48(
    input_shape,
    num_classes,
    *,
    dropout=0.5,
    initializer="glorot_uniform",
    name="alexnet48",
):
    """AlexNet without its last max pooling, which 48 pixels leave no room for.

    Sides go 48, 11, 5, 2 and stay at 2. 23,462,599 parameters for
    `(48, 48, 1)` and 7 classes.

    Args:
        input_shape: `(height, width, channels)`; standardised float channels.
        num_classes: number of classes.
        dropout: share of values dropped before each hidden dense layer.
        initializer: Keras name of the initialiser of every kernel.
        name: name of the model.

    Returns:
        A keras.Model from images to float32 logits `(batch, num_classes)`.

    Reference: Chesley, 2021, model H; Krizhevsky, 2014 (arXiv:1404.5997), with
    the filters and dropout of torchvision's `alexnet`.
    """
    inputs = x = keras.Input(input_shape)
    for index, row in enumerate(CONVOLUTIONS, 1):
        filters, size, stride, padding, pool = row
        # Keras' "same" would pad a strided convolution unevenly.
        x = layers.ZeroPadding2D(padding, name=f"pad{index}")(x)
        x = layers.Conv2D(
            filters,
            size,
            stride,
            activation="relu",
            kernel_initializer=initializer,
            name=f"conv{index}",
        )(x)
        if pool:
            x = layers.MaxPooling2D(3, 2, name=f"pool{index}")(x)
    x = layers.Flatten(name="flatten")(x)
    for index in (6, 7):
        x = layers.Dropout(dropout, name=f"dropout{index}")(x)
        x = layers.Dense(
            4096,
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
