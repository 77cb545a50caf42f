"""How the networks of Vo et al. (2020) are trained, and on which images.

Where the paper is silent the settings are those of the authors' code,
thanhhungqb/pyramid-super-resolution; each row lists them.
"""

from dataclasses import replace
from functools import partial

from keras.layers import Normalization
from keras.optimizers import Adam

from ferkeras.data import (
    Fold,
    HoldOut,
    fastai_transforms,
    fastai_views,
    no_augmentation,
)
from ferkeras.losses import PixelLoss, PriorLabelSmoothing, uniform_prior
from ferkeras.optimizers import GroupedAdam, GroupedSGD
from ferkeras.protocol import Protocol
from ferkeras.recipe import Phase, Recipe, cross_entropy
from ferkeras.schedules import one_cycle, one_cycle_momentum
from tfds_builders.ferplus import prior

# ImageNet's, of pixels from 0 to 1.
MEAN, SD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
imagenet = partial(
    Normalization,
    mean=tuple(255 * mean for mean in MEAN),
    variance=tuple((255 * sd) ** 2 for sd in SD),
)

# What EDSR's published weights are for: 0 to 255 less the mean of DIV2K.
PIXELS = (
    tuple(255 * sd for sd in SD),
    tuple(
        255 * (mean - its)
        for mean, its in zip(MEAN, (0.4488, 0.4371, 0.4040), strict=True)
    ),
)


def pdls(class_names, alpha=0.8, renormalize=True):
    """The paper's loss, of classes in a dataset's order.

    Without `renormalize`, the rows of fewer than eight classes are short of
    what is left out, as in the authors' code.
    """
    rows = prior.for_classes(prior.read(), class_names, renormalize).round(6)
    return partial(
        PriorLabelSmoothing,
        tuple(map(tuple, rows.tolist())),
        alpha,
        normalized=renormalize,
    )


def smoothing(num_classes, alpha=0.9):
    """Label smoothing, which leaves `alpha` of a label."""
    return partial(PriorLabelSmoothing, uniform_prior(num_classes), alpha)


def phases(adam, sgd, peak=1e-3, multipliers=None):
    """Adam, then SGD, each for so many epochs, one cycle of fastai."""
    shared = {"weight_decay": 0.01, "multipliers": multipliers}
    rate = {"learning_rate": partial(one_cycle, peak=peak)}
    return (
        Phase(
            partial(GroupedAdam, beta_2=0.99, epsilon=1e-8, **shared),
            adam,
            rate | {"beta_1": one_cycle_momentum},
        ),
        Phase(
            partial(GroupedSGD, **shared),
            sgd,
            rate | {"momentum": one_cycle_momentum},
        ),
    )


# The released rates of PSR's parts, as multiples of the private parts' 1e-3.
PSR_FERPLUS = {"^(transformer|edsr)": 0.01, "^(shared|head)": 0.5}
PSR_RAF = {"^(transformer|edsr)": 0.01, "^(shared|head)": 5.0}
ASSUMED = (
    "the authors' released settings where the paper has none: Adam, then SGD, "
    "one cycle of fastai each, decoupled weight decay 0.01, fastai's "
    "augmentation, mirrored at the border, where ours repeats the edge pixel, "
    "and 8 views when scoring (0.4 of the image, 0.6 of them)",
    "VGG16 with batch normalisation; where there is a loss of soft labels, "
    "alpha 0.8 for PDLS, as in the authors' file for RAF-DB, and 0.9 for label "
    "smoothing",
)
PYRAMID = (
    *ASSUMED,
    "three branches (kstep 1), 7 private convolutions, the mean of the "
    "branches, the small image detached",
)
READING = ("as PSR with PDLS, but for what the row's name says",)
SHORT_ROWS = (
    "its targets sum to 0.993 to 1: the mean of the branches trains each by "
    "its own loss but for that remainder of the log of its normaliser"
)
ENLARGED = ("FER+ enlarged from 48 pixels",)
FERPLUS = Recipe(
    phases(30, 30),
    batch_size=64,
    augment=partial(fastai_transforms, rotation=30, zoom=1.2),
    views=partial(fastai_views, rotation=30),
    assumed=ASSUMED + ENLARGED,
)
FERPLUS_PSR = replace(
    FERPLUS,
    phases=phases(30, 30, 1e-3, PSR_FERPLUS),
    assumed=PYRAMID + ENLARGED,
)
RAF = Recipe(
    phases(30, 20),
    batch_size=32,
    augment=partial(fastai_transforms, rotation=15, zoom=1.1),
    views=partial(fastai_views, rotation=15),
    assumed=ASSUMED,
)
RAF_PSR = replace(RAF, phases=phases(30, 20, 1e-3, PSR_RAF), assumed=PYRAMID)
# What a processor manages: the same, shorter and smaller.
SMALL = replace(
    FERPLUS,
    phases=phases(2, 1),
    precision="mixed_bfloat16",
    assumed=(
        *ASSUMED,
        "48 pixels, 2 and 1 epochs in place of 30 and 30, bfloat16",
    ),
)
ENLARGING = Recipe(
    (Phase(Adam, 1, {"learning_rate": partial(one_cycle, peak=1e-3)}),),
    batch_size=16,
    augment=no_augmentation,
    assumed=(
        "EDSR's loss, the mean absolute error; Adam, one cycle of 1 epoch to "
        "1e-3; faces halved by block means, as PSR halves them; input "
        "normalised as for ImageNet, as in the authors' code",
    ),
    loss=partial(PixelLoss, 1),
    precision="mixed_bfloat16",
)


def accuracy(value, recall=None, **others):
    """Printed accuracy (WA) and mean recall (UA), in percent."""
    mean = {"mean_recall": recall} if recall else {}
    return {"accuracy": value} | mean | others


def reading(row, *others):
    """A row that differs from PSR with PDLS in what its name says."""
    recipe = replace(row.recipe, assumed=READING + others)
    return replace(row, recipe=recipe)


def sizes(row, name, sides, frozen=""):
    """A row trained at one size after another, 20 epochs each."""
    first, *others = (
        Phase(partial(Adam, 1e-4), 20, image_size=side) for side in sides
    )
    first = replace(first, optimizer=partial(Adam, 1e-3), frozen=frozen)
    recipe = replace(
        row.recipe,
        phases=(first, *others),
        batch_size=64,
        views=None,
        loss=cross_entropy,
        assumed=(
            "sizes of 20 epochs each, Adam at 1e-3 in the first, then 1e-4; "
            "with ImageNet's weights, only the head is trained in the first; "
            "PSR without spatial transformer, which fits one size, and from 64 "
            "pixels, as half of 48 or 50 is too small for five poolings",
        ),
    )
    return replace(
        row,
        name=f"{name}, {'-'.join(map(str, sides))}",
        reported={},
        image_size=sides[-1],
        recipe=recipe,
    )


FERPLUS_PROTOCOL = Protocol(
    "clean",
    "train",
    "validation",
    "test",
    "the paper's own: trained on Training, the epoch chosen on PublicTest, "
    "PrivateTest scored once (3,160 images).",
)
RAF_PROTOCOL = Protocol(
    "clean",
    "train",
    "validation",
    "test",
    "the paper's own: a fifth of the training images, another in each run, "
    "chooses the epoch; the test images are scored once.",
    (Fold("validation", of="train", folds=5),),
)
AFFECTNET_PROTOCOL = Protocol(
    "clean",
    "train",
    "held out",
    "validation",
    "the paper's own: a hundredth of the training images, drawn at random, "
    "chooses the epoch; the published validation images, for lack of a test "
    "set, are scored once.",
    (HoldOut("held out", of="train", share=0.01),),
)
FER2013_PROTOCOL = replace(
    FERPLUS_PROTOCOL,
    note="trained on Training, the epoch chosen on PublicTest, PrivateTest "
    "scored once; no labels are used.",
)
