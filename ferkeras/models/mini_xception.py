"""Mini-Xception, a real-time network: separable convolutions, no dense layer.

Pandey et al. call it RTNN.
"""

from functools import partial

import keras
from keras import layers, regularizers

FILTERS = (16, 32, 64, 128)


def module(x, filters, normalize, name):
    """Two separable convolutions, halved in size, and a strided shortcut."""
    # A 1x1 convolution with stride 2 sees every other pixel. TensorFlow
    # 2.21's oneDNN crashes on its gradient, so the pixels are picked first.
    skip = layers.MaxPooling2D(1, strides=2, name=f"{name}_skip_pixels")(x)
    skip = layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_skip")(skip)
    skip = normalize(name=f"{name}_skip_bn")(skip)
    for index in (1, 2):
        x = layers.SeparableConv2D(
            filters,
            3,
            padding="same",
            use_bias=False,
            name=f"{name}_conv{index}",
        )(x)
        x = normalize(name=f"{name}_bn{index}")(x)
        if index == 1:
            x = layers.ReLU(name=f"{name}_relu")(x)
    x = layers.MaxPooling2D(3, 2, padding="same", name=f"{name}_pool")(x)
    return layers.Add(name=f"{name}_add")([x, skip])


def mini_xception(
    input_shape, num_classes, momentum=0.99, name="mini_xception"
):
    """Two 3x3 convolutions, four residual modules, global average pooling.

    58,423 parameters for `(64, 64, 1)` and 7 classes, 56,951 of them trained.
    Batch normalisation is Keras' default, as in the authors' code. The first
    two convolutions' weights have an L2 penalty; the authors asked for it in
    the separable ones as well, but under a name Keras 2 took and did not use.

    Args:
        input_shape: `(height, width, channels)`; standardised float channels.
        num_classes: number of classes.
        momentum: of batch normalisation's moving averages.
        name: name of the model.

    Returns:
        A keras.Model from images to float32 logits `(batch, num_classes)`.

    Reference: Arriaga et al., ESANN 2019 (oarriaga/face_classification,
    `src/models/cnn.py`); Pandey et al., 2019, Table 1.
    """
    normalize = partial(layers.BatchNormalization, momentum=momentum)
    inputs = x = keras.Input(input_shape)
    for index in (1, 2):
        x = layers.Conv2D(
            8,
            3,
            use_bias=False,
            kernel_regularizer=regularizers.L2(0.01),
            name=f"stem{index}",
        )(x)
        x = normalize(name=f"stem{index}_bn")(x)
        x = layers.ReLU(name=f"stem{index}_relu")(x)
    for index, filters in enumerate(FILTERS, 1):
        x = module(x, filters, normalize, f"module{index}")
    x = layers.Conv2D(num_classes, 3, padding="same", name="scores")(x)
    logits = layers.GlobalAveragePooling2D(dtype="float32", name="logits")(x)
    return keras.Model(inputs, logits, name=name)
