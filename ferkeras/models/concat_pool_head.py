"""fastai's classifier of feature maps."""

from functools import partial

import keras
from keras import initializers, layers


def concat_pool_head(input_shape, num_classes, name="head"):
    """Global maximum and mean, then two dense layers.

    531,463 trained parameters for 512 channels and 7 classes, 531,976 for 8.
    torchvision's VGG, and so fastai's, first brings the map to 7x7 by adaptive
    pooling. That is left out: on maps up to 4x4, those of images below 160
    pixels, it repeats pixels, some more often, which moves the mean a little.

    Args:
        input_shape: `(height, width, channels)`, sides in pixels or None.
        num_classes: number of classes.
        name: name of the model, and what its layers' names begin with.

    Returns:
        A keras.Model from features to float32 logits `(batch, num_classes)`.

    Reference: fastai v1, `create_head`.
    """
    # PyTorch's defaults.
    normalization = partial(
        layers.BatchNormalization, momentum=0.9, epsilon=1e-5
    )

    def dense(units, suffix, **kwargs):
        initializer = initializers.VarianceScaling(1 / 3, "fan_in", "uniform")
        return layers.Dense(
            units,
            kernel_initializer=initializer,
            name=f"{name}_{suffix}",
            **kwargs,
        )

    inputs = keras.Input(input_shape)
    # The maximum first: pretrained weights rely on it.
    x = layers.Concatenate(name=f"{name}_pool")(
        [
            layers.GlobalMaxPooling2D(name=f"{name}_max")(inputs),
            layers.GlobalAveragePooling2D(name=f"{name}_mean")(inputs),
        ]
    )
    x = normalization(name=f"{name}_bn1")(x)
    x = layers.Dropout(0.25, name=f"{name}_dropout1")(x)
    x = dense(512, "dense", activation="relu")(x)
    x = normalization(name=f"{name}_bn2")(x)
    x = layers.Dropout(0.5, name=f"{name}_dropout2")(x)
    logits = dense(num_classes, "logits", dtype="float32")(x)
    return keras.Model(inputs, logits, name=name)
