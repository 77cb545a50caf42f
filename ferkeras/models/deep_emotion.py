"""Deep Emotion: a small network behind one or two spatial transformers."""

from functools import partial

import keras
from keras import layers, regularizers

from ferkeras.layers import SpatialTransformer

# (filters, kernels) of the localisation networks; the second one, if wide.
TRANSFORMERS = (((8, 10), (7, 5)), ((24, 32), (5, 3)))


def deep_emotion(
    input_shape,
    num_classes,
    *,
    wide=False,
    dropout=0.5,
    initializer="glorot_uniform",
    l2=0.0,
    name="deep_emotion",
):
    """Four 3x3 convolutions of 10 filters on a spatially transformed image.

    66,877 trainable parameters for `(48, 48, 1)` and 7 classes, 217,575 if
    wide: then a second transformer warps the image too, and the features the
    same convolutions find in the two warped images are concatenated. Twenty
    moving averages of batch normalisation come on top.

    Args:
        input_shape: `(height, width, channels)`; standardised float channels.
        num_classes: number of classes.
        wide: with the second transformer.
        dropout: rate, as a fraction, after the first dense layer; the paper
            does not give one, 0.5 is PyTorch's default.
        initializer: name of the Keras initializer of all kernels, but for the
            last of a transformer, which starts as the identity.
        l2: factor of the sum of all squared kernel weights in the loss.
        name: name of the model.

    Returns:
        A keras.Model from images to float32 logits `(batch, num_classes)`.

    Reference: Minaee et al., Sensors 2021; Chesley et al., 2021, Sec. II.E and
    Table 1, "Deep Emotion" and its wider form.
    """
    kernels = {
        "kernel_initializer": initializer,
        "kernel_regularizer": regularizers.L2(l2) if l2 else None,
    }
    convolution = partial(layers.Conv2D, 10, 3, **kernels)
    backbone = keras.Sequential(
        [
            keras.Input(input_shape),
            convolution(activation="relu", name="conv1"),
            convolution(name="conv2"),
            layers.MaxPooling2D(name="pool1"),
            layers.ReLU(name="relu1"),
            convolution(activation="relu", name="conv3"),
            convolution(name="conv4"),
            # PyTorch's defaults.
            layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name="bn"),
            layers.MaxPooling2D(name="pool2"),
            layers.ReLU(name="relu2"),
            layers.Flatten(name="flatten"),
        ],
        name="backbone",
    )
    inputs = keras.Input(input_shape)
    features = [
        backbone(
            SpatialTransformer(*sizes, **kernels, name=f"transformer{index}")(
                inputs
            )
        )
        for index, sizes in enumerate(TRANSFORMERS[: 1 + wide], 1)
    ]
    x = layers.Concatenate(name="features")(features) if wide else features[0]
    x = layers.Dense(50, activation="relu", name="dense", **kernels)(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    logits = layers.Dense(
        num_classes, dtype="float32", name="logits", **kernels
    )
    return keras.Model(inputs, logits(x), name=name)
