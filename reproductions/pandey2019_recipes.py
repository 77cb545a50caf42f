"""How the networks of Pandey et al. (2019) are trained.

Each row lists what the paper leaves open, and how it was read.
"""

from dataclasses import replace
from functools import partial

from keras.optimizers import SGD, Adam

from ferkeras.data import random_affine
from ferkeras.papers import Phase, Recipe
from ferkeras.training.schedules import cosine

# The augmentation of microsoft/FERPlus.
augment = partial(
    random_affine, flip=0.5, rotation=20, shift=0.08, zoom=1.05, shear=0.05
)
STANDARDISED = (
    "per-image standardisation in place of the FER+ authors' histogram "
    "equalisation and best-fit plane"
)
BARSOUM = Recipe(
    (
        Phase(partial(SGD, 0.005, momentum=0.9), 20),
        Phase(partial(SGD, 0.0025, momentum=0.9), 20),
        Phase(partial(SGD, 0.0005, momentum=0.9), 60),
    ),
    batch_size=32,
    augment=augment,
    assumed=(
        "recipe of the FER+ authors' code: SGD, momentum 0.9, learning rate "
        "0.05, 0.025 and 0.005 from epochs 1, 21 and 41 of 100, batch 32; "
        "CNTK's momentum scales the gradient by 1 - momentum, so these are "
        "0.005, 0.0025 and 0.0005 in Keras",
        "labels by their majority rule",
        STANDARDISED,
    ),
)
LABELS = (
    'labels by "majority voting technique, as described in [24]": read as '
    "plurality of the ten vote columns, which gives the paper's 28,000 / 3,500 "
    "/ 3,500 images; the majority rule of [24] gives 25,060 / 3,199 / 3,153 "
    "and is tried in rows of its own",
)
MAJORITY = (
    'labels by the majority rule of [24], the other reading of "majority '
    'voting technique, as described in [24]": 25,060 / 3,199 / 3,153 images',
)
FILTERS = (
    "3x3 kernels on the resized grey image, signed, standardised; the "
    "Laplacian, but where a row's name says otherwise, as OpenCV's with "
    "ksize=3, [[2, 0, 2], [0, -8, 0], [2, 0, 2]], not the four-neighbour one "
    "of textbooks, which is a reading",
)
FOUR_NEIGHBOURS = (
    "the Laplacian of the four neighbours, [[0, 1, 0], [1, -4, 1], [0, 1, 0]], "
    "OpenCV's default",
)
COMPACT = (
    "batch normalisation as in MobileNetV2, momentum 0.9; no biases",
    'the "same hyper-parameters" of Table 4 are read as the same in its rows, '
    "not as those of Table 2's VGG13, but for batch and augmentation",
)


# What is assumed of a precision, by its name in Keras.
PRECISIONS = {
    "float32": (),
    "mixed_bfloat16": (
        "bfloat16, which on PublicTest scores no less than float32, see "
        "*Rates*",
    ),
}


def adam(start, epochs=40, others=(), precision="float32"):
    """Adam down half a cosine, for what the paper leaves open on FER+."""
    return Recipe(
        (Phase(Adam, epochs, {"learning_rate": partial(cosine, start=start)}),),
        batch_size=32,
        augment=augment,
        precision=precision,
        assumed=(
            f"the paper names neither epochs nor rate: {epochs} epochs of "
            f"Adam, from {start:g} down half a cosine to 0, see *Rates*; the "
            "FER+ authors' code has 100 epochs of SGD",
            "batch 32 and the augmentation of that code, of which the paper "
            'changes "only" the optimizer',
            STANDARDISED,
            *LABELS,
            *FILTERS,
            *PRECISIONS[precision],
            *others,
        ),
    )


def also(recipe, *assumed):
    """A recipe with more things assumed."""
    return replace(recipe, assumed=(*recipe.assumed, *assumed))


# oarriaga/face_classification, whose mini-Xception the paper builds on.
ARRIAGA = Recipe(
    (Phase(partial(Adam, 1e-3), 30), Phase(partial(Adam, 1e-4), 10)),
    batch_size=32,
    augment=partial(random_affine, flip=0.5, rotation=10, shift=0.1, zoom=1.1),
    assumed=(
        "40 epochs of Adam, 1e-3 for 30 and 1e-4 for 10, in place of the "
        "authors' learning rate that falls by 10 after 12 epochs without "
        "progress on the scored images",
        "batch 32, flips, turns of 10°, shifts and zooms of 10 %, input from "
        "-1 to 1 as in their code; the border mirrored, zooms even in and out",
    ),
)
KDEF = replace(
    ARRIAGA,
    phases=(Phase(partial(Adam, 1e-3), 60), Phase(partial(Adam, 1e-4), 40)),
    assumed=(
        "the whole picture at 64x64 grey pixels, shrunk by area; no face crop",
        "Adam at 1e-3 for 60 epochs and 1e-4 for 40, batch 32, flips, turns of "
        "10°, shifts and zooms of 10 %; each channel standardised, where the "
        "mini-Xception authors' code has -1 to 1",
        *FILTERS,
    ),
)
COMBINED = also(
    KDEF,
    "a mini-Xception of its own for every input, the mean of their scores "
    "before the softmax; where there are spatial transformers (conv 8@7x7, "
    "10@5x5, dense 32), one for every input",
)
GRADIENT = also(
    COMBINED,
    "the gradient image is the magnitude, as Figure 2 shows a single one",
)
READING = ("as in Table 1, but for what the row's name says",)
DENSE = also(
    replace(KDEF, assumed=READING),
    "the scores of all streams concatenated, then a dense layer",
)
GRADIENT_XY = also(
    replace(KDEF, assumed=READING),
    "the gradient image is two channels, d/dx and d/dy",
)
SHARED = also(
    replace(KDEF, assumed=READING),
    'one spatial transformer, which sees all inputs and warps them alike: "a '
    "STL\" in the paper's words",
)
