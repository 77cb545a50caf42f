"""A sequential network without dense layers, the larger of Arriaga et al.'s."""

import keras
from keras import layers

# (filters, side of the kernels in pixels) of the two convolutions of a block.
BLOCKS = ((16, 7), (32, 5), (64, 3), (128, 3))


def sequential_cnn(
    input_shape, num_classes, momentum=0.99, name="sequential_cnn"
):
    """Four blocks of two convolutions, two more, global average pooling.

    642,935 parameters for 1 channel and 7 classes, 641,463 of them trained.
    Each block ends with ReLU, 2x2 average pooling and dropout of one half; as
    in the authors' code, its first convolution has no ReLU.

    Args:
        input_shape: `(height, width, channels)`; standardised float channels.
        num_classes: number of classes.
        momentum: of batch normalisation's moving averages.
        name: name of the model.

    Returns:
        A keras.Model from images to float32 logits `(batch, num_classes)`.

    Reference: Arriaga et al., 2017, Figure 1 (oarriaga/face_classification,
    `simple_CNN` in `src/models/cnn.py`).
    """

    def normalized(x, filters, side, name):
        x = layers.Conv2D(filters, side, padding="same", name=name)(x)
        return layers.BatchNormalization(momentum=momentum, name=f"{name}_bn")(
            x
        )

    inputs = x = keras.Input(input_shape)
    for block, (filters, side) in enumerate(BLOCKS, 1):
        for index in (1, 2):
            x = normalized(x, filters, side, f"conv{block}_{index}")
        x = layers.ReLU(name=f"relu{block}")(x)
        x = layers.AveragePooling2D(2, padding="same", name=f"pool{block}")(x)
        x = layers.Dropout(0.5, name=f"dropout{block}")(x)
    x = normalized(x, 256, 3, "conv5")
    x = layers.Conv2D(num_classes, 3, padding="same", name="scores")(x)
    logits = layers.GlobalAveragePooling2D(dtype="float32", name="logits")(x)
    return keras.Model(inputs, logits, name=name)
