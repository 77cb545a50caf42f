"""VGG16 with batch normalisation, whole or cut."""

import keras
from keras import initializers, layers

from ferkeras.models.concat_pool_head import concat_pool_head

# Filters of the convolutions of each block.
BLOCKS = ((64,) * 2, (128,) * 2, (256,) * 3, (512,) * 3, (512,) * 3)


def vgg16_bn_features(input_shape, begin=0, end=13, *, name):
    """Convolutions `begin` to `end - 1`, counted from 0, of VGG16.

    Each is followed by batch normalisation and ReLU, and the last of a block
    by 2x2 max pooling. All 13 have 14,723,136 trained parameters. Two parts
    that meet at a convolution are the whole.

    Args:
        input_shape: `(height, width, channels)`, sides in pixels or None.
        begin: the first convolution.
        end: the first convolution of what comes after.
        name: name of the model, and what its layers' names begin with:
            `<name>_conv3_1`, `<name>_bn3_1`, ...

    Returns:
        A keras.Model from images, or the features of the part before, to
        features.

    Reference: Simonyan and Zisserman, 2015, configuration D; torchvision,
    `vgg16_bn`.
    """
    inputs = x = keras.Input(input_shape)
    number = 0
    for block, widths in enumerate(BLOCKS, 1):
        for index, filters in enumerate(widths, 1):
            number += 1
            if not begin < number <= end:
                continue
            label = f"{block}_{index}"
            # torchvision's.
            initializer = initializers.VarianceScaling(
                2.0, "fan_out", "untruncated_normal"
            )
            x = layers.Conv2D(
                filters,
                3,
                padding="same",
                kernel_initializer=initializer,
                name=f"{name}_conv{label}",
            )(x)
            # PyTorch's defaults.
            x = layers.BatchNormalization(
                momentum=0.9, epsilon=1e-5, name=f"{name}_bn{label}"
            )(x)
            x = layers.ReLU(name=f"{name}_relu{label}")(x)
            if index == len(widths):
                x = layers.MaxPooling2D(name=f"{name}_pool{block}")(x)
    return keras.Model(inputs, x, name=name)


def vgg16_bn(input_shape, num_classes, name="vgg16_bn"):
    """VGG16 with batch normalisation under fastai's head.

    15,254,599 trained parameters for 3 channels and 7 classes. The
    convolutions are the layer `features`, a model itself, whose layers are
    `features_conv1_1` and so on; the classifier is the layer `head`.

    Args:
        input_shape: `(height, width, channels)`, sides in pixels, at least 32,
            or None; channels normalised as the weights want it.
        num_classes: number of classes.
        name: name of the model.

    Returns:
        A keras.Model from images to float32 logits `(batch, num_classes)`.

    Reference: Vo et al., 2020, "VGG16"; its code takes the network with batch
    normalisation.
    """
    inputs = keras.Input(input_shape)
    features = vgg16_bn_features(input_shape, name="features")
    x = features(inputs)
    head = concat_pool_head(features.output.shape[1:], num_classes)
    return keras.Model(inputs, head(x), name=name)
