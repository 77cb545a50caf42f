"""From a row to its networks, with the input channels inside."""

from dataclasses import dataclass

import keras

from ferkeras.layers import AffineWarp, InputChannels


@dataclass(frozen=True)
class Networks:
    """Models that share one set of weights.

    Attributes:
        classifier: normalised channels -> logits; the paper's network.
        front_end: `{"image", "transform"}` -> normalised channels.
        training: `{"image", "transform"}` -> logits; fitted where the front end
            runs in the compiled step.
        from_channels: normalised channels -> logits; fitted where the front
            end runs in the input pipeline.
        scoring: uint8 image `(batch, size, size, 1)` -> logits.
    """

    classifier: keras.Model
    front_end: keras.Model
    training: keras.Model
    from_channels: keras.Model
    scoring: keras.Model


def build(row, num_classes):
    """Build the networks of an `Experiment`.

    The front end warps the raw pixels, derives the channels from the warped
    image, and normalises them, by default each channel of each image to zero
    mean and unit variance.

    Args:
        row: an `Experiment`.
        num_classes: number of classes of its dataset.

    Returns:
        `Networks` that share their weights.
    """
    image = keras.Input(
        (row.image_size, row.image_size, 1), dtype="uint8", name="image"
    )
    transform = keras.Input((6,), name="transform")
    stack = InputChannels(row.channels, name="channels")
    normalize = row.normalization(dtype="float32", name="normalize")
    warped = normalize(stack(AffineWarp(name="warp")(image, transform)))
    plain = normalize(stack(image))
    classifier = row.model(plain.shape[1:], num_classes)
    inputs = {"image": image, "transform": transform}
    return Networks(
        classifier,
        keras.Model(inputs, warped, name="front_end"),
        keras.Model(inputs, classifier(warped), name="training"),
        keras.Model(classifier.input, classifier.output, name="from_channels"),
        keras.Model(image, classifier(plain), name="scoring"),
    )
