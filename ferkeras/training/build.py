"""From a row to its networks, with the input channels inside."""

from dataclasses import dataclass

import keras
import numpy as np

from ferkeras.data import IDENTITY, NEUTRAL
from ferkeras.layers import AffineWarp, Compiled, InputChannels, PhotoWarp
from ferkeras.training.devices import on_processor

# By how many numbers a recipe draws for an image.
WARPS = {6: AffineWarp, 10: PhotoWarp}
UNCHANGED = {6: IDENTITY, 10: NEUTRAL}
MANY_PIXELS = 50_000_000


@dataclass(frozen=True)
class Networks:
    """Models that share one set of weights.

    Attributes:
        classifier: normalised channels -> outputs, the logits or for
            `RECONSTRUCTION` the image, 0 to 1; the paper's network.
        front_end: `{"image", "transform"}` -> normalised channels.
        training: `{"image", "transform"}` -> outputs; fitted where the front
            end runs in the compiled step.
        from_channels: normalised channels -> outputs; fitted where the front
            end runs in the input pipeline.
        scoring: uint8 image `(batch, size, size, colours)` -> outputs.
    """

    classifier: keras.Model
    front_end: keras.Model
    training: keras.Model
    from_channels: keras.Model
    scoring: keras.Model

    def plain(self, count):
        """Transforms that leave so many images as they are."""
        (width,) = self.front_end.input["transform"].shape[1:]
        return np.tile(UNCHANGED[width], (count, 1))

    def compile_front_end(self, images):
        """Have XLA compile the front end in `training`, where that pays.

        TensorFlow on a processor only; elsewhere Keras compiles the step. On
        one core a million pixels then take 11 ms in place of 52, and with
        Sobel channels 21 in place of 110. To compile takes 0.3 to 0.6 s for
        each of some five batch sizes: to train, to choose, to score, and the
        last batches of these.

        Args:
            images: how many `training` is to be fitted to, epochs added up.
        """
        pays = (
            images * self.scoring.input.shape[1] ** 2 >= MANY_PIXELS
            and keras.backend.backend() == "tensorflow"
            and on_processor()
        )
        for layer in self.training.layers:
            if isinstance(layer, Compiled):
                layer.compiled = pays


def build(row, num_classes, colours=1, image_size=None):
    """Build the networks of an `Experiment`.

    The front end warps the raw pixels, derives the channels from the warped
    image, and normalises them, by default each channel of each image to zero
    mean and unit variance.

    Args:
        row: an `Experiment`.
        num_classes: number of classes of its dataset.
        colours: of the images, 1 or 3.
        image_size: side of the images in pixels; the row's own when None.

    Returns:
        `Networks` that share their weights.
    """
    size = image_size or row.image_size
    image = keras.Input((size, size, colours), dtype="uint8", name="image")
    # What the recipe draws says how images are warped.
    rng = np.random.default_rng(0)
    (width,) = row.recipe.augment(rng, 1, size).shape[1:]
    transform = keras.Input((width,), name="transform")
    stack = InputChannels(row.channels, name="channels")
    normalize = row.normalization(dtype="float32", name="normalize")
    warp = WARPS[width](name="warp")
    warped = warp(image, transform)
    channels = normalize(stack(warped))
    plain = normalize(stack(image))
    outputs = (num_classes,) if row.task.classifies else ()
    classifier = row.model(plain.shape[1:], *outputs)
    inputs = {"image": image, "transform": transform}
    # In two: in one, XLA would warp anew for each pixel that a channel reads.
    pixels = keras.Input(warped.shape[1:])
    parts = (
        keras.Model(inputs, warped, name="warped"),
        keras.Model(pixels, normalize(stack(pixels)), name="derived"),
    )
    seen = inputs
    for part in parts:
        seen = Compiled(part, name=f"compiled_{part.name}")(seen)
    return Networks(
        classifier,
        keras.Model(inputs, channels, name="front_end"),
        keras.Model(inputs, classifier(seen), name="training"),
        keras.Model(classifier.input, classifier.output, name="from_channels"),
        keras.Model(image, classifier(plain), name="scoring"),
    )


def at_size(networks, row, image_size):
    """Networks of a row for images of another size, of any state.

    Args:
        networks: `Networks` of the row.
        row: an `Experiment`, whose network has weights that fit any size.
        image_size: side of the images in pixels.

    Returns:
        `Networks`: those given, if they are of that size.
    """
    _, size, _, colours = networks.scoring.input.shape
    if image_size == size:
        return networks
    num_classes = networks.scoring.output.shape[-1]
    return build(row, num_classes, colours, image_size)
