"""Pyramid with super-resolution (PSR)."""

import keras
from keras import layers, ops

from ferkeras.layers import BranchFusion, SpatialTransformer
from ferkeras.models.concat_pool_head import concat_pool_head
from ferkeras.models.edsr import edsr
from ferkeras.models.vgg16_bn import vgg16_bn_features


def pyramid_sr(
    input_shape,
    num_classes,
    *,
    kstep=1,
    position=6,
    spatial_transformer=True,
    detach=True,
    fusion="mean",
    pixels=None,
    name="pyramid_sr",
):
    """Classify an image small, enlarged again and as it is, by one VGG16.

    `kstep + 2` branches: the image made smaller by `2 ** kstep`, that small
    image enlarged by a super-resolution network of its own for each factor 2
    to `2 ** kstep`, and the image. Each has the first convolutions of VGG16
    for itself; they share the others and the head. The branches'
    probabilities are averaged, their losses too: see `BranchFusion`, which
    makes that of a cross-entropy from logits, of targets that sum to one.

    19,063,402 trained parameters for `(100, 100, 3)` and 7 classes, 19,050,795
    for `(96, 96, 3)` and 8; with the 7 private convolutions of the author's
    code, 20,244,586 and 20,231,979.

    Layers: `transformer`; `edsr_x2`, `edsr_x4`; the private parts `small`,
    `x2`, `x4` and `original`, which start alike, as the author's do; `shared`;
    `head`; `logits`. All but the first and the last are models, whose layers'
    names begin with theirs, as in `small_conv1_1`.

    Args:
        input_shape: `(height, width, channels)`; sides in pixels, multiples of
            `2 ** kstep` and at least `32 * 2 ** kstep`; channels normalised as
            the weights of VGG16 want it.
        num_classes: number of classes.
        kstep: how often the image is halved.
        position: number of private convolutions, 0 to 12.
        spatial_transformer: whether one, in front, warps the image.
        detach: whether the small image passes no gradient back, so that the
            spatial transformer learns from the original alone.
        fusion: "mean" of the branches or "learned" weights, as in
            `BranchFusion`.
        pixels: `(factor, offset)`, numbers of each channel: the
            super-resolution networks get `factor * channels + offset`, such as
            pixels from 0 to 255 less their mean, and their output is brought
            back. They get the channels as they are, as in the author's code,
            when None.
        name: name of the model.

    Returns:
        A keras.Model from images to float32 logits `(batch, num_classes)`:
        the logarithm of the fused probabilities, but in training.

    Raises:
        ValueError: for sides, `kstep`, `position` or `fusion` out of range.

    Reference: Vo et al., IEEE Access 2020
    (thanhhungqb/pyramid-super-resolution, `pyramid_sr.py`, `PyramidShare`).
    The code detaches, averages, and cuts after 7 convolutions; the paper's
    "cutting point at the sixth convolution layer" is after 6.
    """
    if kstep < 1:
        raise ValueError(f"kstep must be 1 or more. Received: {kstep}")
    factor = 2**kstep
    if any(side % factor or side < 32 * factor for side in input_shape[:2]):
        raise ValueError(
            f"With kstep={kstep}, sides must be multiples of {factor} and at "
            f"least {32 * factor} pixels, or nothing is left of the small "
            f"image after five poolings. Received: {input_shape}"
        )
    if not 0 <= position <= 12:
        raise ValueError(f"position must be 0 to 12. Received: {position}")
    inputs = original = keras.Input(input_shape)
    if spatial_transformer:
        original = SpatialTransformer(name="transformer")(inputs)
    small = layers.AveragePooling2D(factor, name="mean_pool")(original)
    if detach:
        small = ops.stop_gradient(small)
    branches = {"small": small}
    for scale in (2**step for step in range(1, kstep + 1)):
        network = edsr(small.shape[1:], scale, name=f"edsr_x{scale}")
        branches[f"x{scale}"] = enlarge(network, small, pixels)
    branches["original"] = original
    if position:
        private = {
            key: vgg16_bn_features(x.shape[1:], 0, position, name=key)
            for key, x in branches.items()
        }
        for part in private.values():
            part.set_weights(private["original"].get_weights())
        branches = {key: private[key](x) for key, x in branches.items()}
    channels = branches["original"].shape[-1]
    shared = vgg16_bn_features((None, None, channels), position, name="shared")
    head = concat_pool_head((None, None, shared.output.shape[-1]), num_classes)
    scores = ops.stack([head(shared(x)) for x in branches.values()], axis=1)
    logits = BranchFusion(fusion, name="logits")(scores)
    return keras.Model(inputs, logits, name=name)


def enlarge(network, images, pixels):
    """Super-resolution of images, in the range that its weights are for."""
    if pixels is None:
        return network(images)
    factor, offset = pixels
    back = [1 / f for f in factor]
    less = [-o / f for f, o in zip(factor, offset, strict=True)]
    images = layers.Rescaling(factor, offset, dtype="float32")(images)
    return layers.Rescaling(back, less, dtype="float32")(network(images))


def branch_logits(model):
    """Take the fusion off a `pyramid_sr`.

    Args:
        model: keras.Model that `pyramid_sr` returned.

    Returns:
        A keras.Model, with the same weights, from images to float32 logits
        `(batch, branches, num_classes)`; branches from the small image to the
        original.
    """
    return keras.Model(model.input, model.get_layer("logits").input)
