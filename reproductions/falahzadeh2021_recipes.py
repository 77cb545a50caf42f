"""How the rows of Falahzadeh et al. (2021) are made and trained."""

from dataclasses import replace
from functools import partial

from keras.optimizers import Adam

from ferkeras.data import no_augmentation, random_affine
from ferkeras.layers import PixelRange
from ferkeras.models import alexnet
from ferkeras.papers import Experiment, Phase, Recipe, Start

GREY = ("grey",) * 3
THREE = ("grey", "sobel_x", "sobel_y")
DROPOUT = partial(alexnet, dropout=0.5)
IMAGENET, BGR = "AlexNet, ImageNet (RGB)", "AlexNet, ImageNet (BGR)"
# Caffe's, of red, green and blue.
MEAN = (122.67892, 116.66877, 104.00699)
# The augmentation that the paper names, by amounts that it does not.
augment = partial(
    random_affine,
    flip=0.5,
    vertical_flip=0.5,
    rotation=10,
    shift=0.1,
    zoom=1.2,
)
NETWORK = (
    "Caffe's AlexNet, with the two groups and the local response normalisation "
    "that Table 1 leaves out, since ImageNet's weights need them; hidden "
    "layers of 4096 as in Table 1, where section 2.4.1 has none",
    "pixels from 0 to 255, no mean subtracted",
    "Adam, as the paper gives rates for an optimizer that it does not name; "
    "batches of 32",
)
PAPERS = (
    "frozen convolutions from ImageNet, all other layers from random weights, "
    "as the text on Table 2 has it; elsewhere it speaks of fine-tuning",
    "the whole picture at 227 x 227 pixels, without a face crop",
    *NETWORK,
)
FRAMES = (
    "the last 3 frames of the 309 labelled sequences without contempt, and the "
    "first as neutral: 1,236 images",
)
OURS = (
    "not the paper's images, and not its 1e-3 but 1e-4 for Adam; the frozen "
    "convolutions are those of AlexNet on FER2013's Training, networks for "
    "grey and others for three channels; FER2013 enlarged from 48 pixels",
    *NETWORK,
)
CHANNELS = {
    GREY: ("the grey image three times, as red, green and blue",),
    THREE: (
        "grey, d/dx and d/dy as red, green and blue; 3x3 Sobel kernels, one "
        "the transpose of the other, where Eq. 3 has one kernel twice; their "
        "absolute values up to 255",
    ),
}
AUGMENTED = (
    "scale and zoom are one factor for each side, up to 1.2 either way; turns "
    "of 10°, shifts of 10 %, each flip for half of the images; the border "
    "mirrored",
)
BACKBONE = Recipe(
    (Phase(partial(Adam, 1e-4), 30),),
    batch_size=128,
    augment=partial(random_affine, flip=0.5, rotation=10, shift=0.1, zoom=1.1),
    assumed=(
        "not the paper's, but in place of ImageNet's weights: Adam at 1e-4, 30 "
        "epochs, batches of 128, dropout of 0.5, flips, turns of 10°, shifts "
        "and zooms of 10 %; FER2013 enlarged from 48 pixels",
    ),
)
SMALL_BACKBONE = replace(
    BACKBONE,
    phases=(Phase(partial(Adam, 1e-4), 3),),
    batch_size=32,
    assumed=(
        "as at 227 pixels, but 3 epochs, batches of 32, hidden layers of 512",
    ),
)


def layers(names, source=IMAGENET):
    """Layers whose names match, filled with the same ones of a source."""
    return (Start(source, {names: r"\g<0>"}),)


def experiment(
    name,
    channels=GREY,
    augment=no_augmentation,
    model=alexnet,
    *,
    assumed,
    reported,
    dataset,
    source,
    last=4,
    image_size=227,
    learning_rate=1e-3,
    epochs=200,
    precision="float32",
):
    """A row: convolutions up to the `last` are a source's, and frozen.

    The paper gives Adam's three numbers, the epochs and the size of images.
    """
    frozen = f"conv[1-{last}]"
    optimizer = partial(Adam, learning_rate, beta_1=0.9, beta_2=0.95)
    augmented = () if augment is no_augmentation else AUGMENTED
    return Experiment(
        name,
        model,
        channels,
        reported,
        dataset,
        image_size,
        Recipe(
            (Phase(optimizer, epochs, frozen=frozen),),
            batch_size=32,
            augment=augment,
            assumed=assumed + CHANNELS[channels] + augmented,
            precision=precision,
        ),
        partial(PixelRange, channels),
        start_from=layers(f"{frozen}.*", source),
    )


def row(name, accuracy, *how, dataset, assumed=(), last=4, **reported):
    """A row of Table 2 or 3."""
    return experiment(
        name,
        *how,
        assumed=PAPERS + assumed,
        reported={"accuracy": accuracy} | reported,
        dataset=dataset,
        source=IMAGENET,
        last=last,
    )


def other(row, words, **changes):
    """Another reading of a row."""
    assumed = ("as in Tables 2 and 3, but for what the row's name says",)
    return replace(
        row,
        name=f"{row.name}{words}",
        reported={},
        recipe=replace(row.recipe, assumed=assumed),
        **changes,
    )


def readings(grey, three):
    """Rows for what the paper leaves open, on one dataset."""
    everything = layers("conv.*|fc[67]")
    mapped = partial(PixelRange, THREE)
    return (
        other(grey, ", others from ImageNet", start_from=everything),
        other(three, ", others from ImageNet", start_from=everything),
        other(three, ", no hidden layers", model=partial(alexnet, dense=())),
        other(three, ", stretched", normalization=partial(mapped, "minmax")),
        other(three, ", 0 at 127.5", normalization=partial(mapped, "offset")),
        other(three, ", clipped at 0", normalization=partial(mapped, "clip")),
        other(three, ", less mean", normalization=partial(mapped, mean=MEAN)),
        other(three, ", as BGR", start_from=layers("conv[1-4].*", BGR)),
        other(three, ", face crops", dataset=f"{three.dataset}/faces227"),
    )


def backbone(channels, side=227):
    """Name of the row whose convolutions stand in for ImageNet's."""
    kind = "grey" if channels == GREY else "3-channel"
    return f"AlexNet on FER2013 at {side} px: {kind}"


def from_backbone(row):
    """A row whose frozen convolutions are trained on FER2013."""
    (start,) = row.start_from
    start = replace(start, source=backbone(row.channels))
    return other(row, " (FER2013 backbone)", start_from=(start,))


def stages(side=227, recipe=BACKBONE, dense=(4096, 4096)):
    """Rows whose convolutions stand in for ImageNet's."""
    return tuple(
        Experiment(
            backbone(channels, side),
            partial(alexnet, dense=dense, dropout=0.5),
            channels,
            {},
            "fer2013",
            side,
            recipe,
            partial(PixelRange, channels),
        )
        for channels in (GREY, THREE)
    )


def steps(images, side=227, epochs=200, precision="float32"):
    """The steps of Table 3 on so many images of FER2013."""

    def step(words, channels, *how):
        return experiment(
            f"{images} images at {side} px: {words}",
            channels,
            *how,
            assumed=OURS,
            reported={},
            dataset="fer2013",
            source=backbone(channels, side),
            image_size=side,
            learning_rate=1e-4,
            epochs=epochs,
            precision=precision,
        )

    return (
        step("grey", GREY),
        step("gradients", THREE),
        step("gradients + aug", THREE, augment),
        step("gradients + aug + dropout", THREE, augment, DROPOUT),
    )
