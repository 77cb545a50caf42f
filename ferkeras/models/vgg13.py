"""VGG13, the FER+ reference network."""

import keras
from keras import layers

# (filters, convolutions) of each block.
BLOCKS = ((64, 2), (128, 2), (256, 3), (256, 3))


def vgg13(input_shape, num_classes, name="vgg13"):
    """VGG13 with dropout and without batch normalisation.

    Four blocks of 3x3 convolutions, each closed by 2x2 max pooling and dropout
    0.25, then two dense layers of 1024 with dropout 0.5. 8,757,704 parameters
    for `(64, 64, 1)` and 8 classes.

    Args:
        input_shape: `(height, width, channels)`; standardised float channels.
        num_classes: number of classes.
        name: name of the model.

    Returns:
        A keras.Model from images to float32 logits `(batch, num_classes)`.

    Reference: Barsoum et al., ICMI 2016 (microsoft/FERPlus, `models.py`);
    Pandey et al., 2019, Table 2.
    """
    inputs = x = keras.Input(input_shape)
    for block, (filters, convolutions) in enumerate(BLOCKS, 1):
        for index in range(1, convolutions + 1):
            x = layers.Conv2D(
                filters,
                3,
                padding="same",
                activation="relu",
                name=f"conv{block}_{index}",
            )(x)
        x = layers.MaxPooling2D(name=f"pool{block}")(x)
        x = layers.Dropout(0.25, name=f"dropout{block}")(x)
    x = layers.Flatten(name="flatten")(x)
    for index in (5, 6):
        x = layers.Dense(1024, activation="relu", name=f"dense{index}")(x)
        x = layers.Dropout(0.5, name=f"dropout{index}")(x)
    logits = layers.Dense(num_classes, dtype="float32", name="logits")(x)
    return keras.Model(inputs, logits, name=name)
