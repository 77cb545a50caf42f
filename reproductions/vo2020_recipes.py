"""How the networks of Vo et al. (2020) are trained, and on which images.

The paper's own words come first. Where it is silent the settings are those of
the authors' code, thanhhungqb/pyramid-super-resolution, and each row lists
them; what that code does otherwise is in rows that are named so.
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
from ferkeras.papers import Phase, Protocol, Recipe
from ferkeras.training.optimizers import GroupedAdam, GroupedSGD
from ferkeras.training.schedules import one_cycle, one_cycle_momentum
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


def phase(optimizer, momentum, epochs, multipliers):
    """One cycle of fastai, to 1e-3, with decoupled weight decay."""
    return Phase(
        partial(optimizer, weight_decay=0.01, multipliers=multipliers),
        epochs,
        {
            "learning_rate": partial(one_cycle, peak=1e-3),
            momentum: one_cycle_momentum,
        },
    )


adam = partial(phase, partial(GroupedAdam, beta_2=0.99, epsilon=1e-8), "beta_1")
sgd = partial(phase, GroupedSGD, "momentum")


def released(recipe, epochs, multipliers=None):
    """A recipe as the authors' code has it: Adam, then SGD; views as fastai's.

    Args:
        recipe: `Recipe`, as the paper has it.
        epochs: of Adam and of SGD.
        multipliers: of 1e-3, as of `GroupedAdam`.
    """
    first, second = epochs
    rotation = recipe.views.keywords["rotation"]
    return replace(
        recipe,
        phases=(adam(first, multipliers), sgd(second, multipliers)),
        views=partial(fastai_views, rotation=rotation),
        raw_scores=False,
        assumed=RELEASED,
    )


# Rates as multiples of 1e-3. The paper: 1e-4 for the spatial transformer.
PSR_RATES = {"^(transformer|edsr)": 0.1}
# Of the authors' files.
PSR_FERPLUS = {"^(transformer|edsr)": 0.01, "^(shared|head)": 0.5}
PSR_RAF = {"^(transformer|edsr)": 0.01, "^(shared|head)": 5.0}
FROM_IMAGENET = "VGG16 starts from ImageNet's weights"
FROM_DIV2K = (
    "EDSR's baseline of DIV2K, its input normalised as ImageNet's, as in the "
    "authors' code, and not the pixels less their mean that it was made with"
)
NETWORK = (
    "VGG16 with batch normalisation, without fastai's pooling to 7x7 before "
    "the head"
)
BOTH = (
    NETWORK,
    "alpha 0.8 for PDLS, as in the authors' file for RAF-DB, and 0.9 for label "
    "smoothing",
    "batches and fastai's augmentation as in the authors' files; these mirror "
    "the border, ours repeats the edge pixel",
)
ASSUMED = (
    "one cycle over all epochs, as many as the authors' files have for Adam "
    "and SGD together; the cycle's shape, weight decay 0.01 and Adam's second "
    "moment of 0.99 are fastai's",
    "of the eight views, four are enlarged by 1.1 into the corners, four "
    "mirrored too, and all are rotated at random, as in training",
    *BOTH,
)
PYRAMID = (
    *ASSUMED,
    "three branches, which by the paper's formula is kstep 1, where its text "
    "has 2; the mean of the branches, the small image detached",
    "1e-4 for EDSR, as for the spatial transformer, and 1e-3 for the rest",
    "raw scores are the logarithms of the fused probabilities",
    FROM_DIV2K,
)
# Where the networks of the paper start.
SAME_IMAGES = (
    "convolutions and head start from VGG16 trained on the same images at one "
    "size after another"
)
OTHER_IMAGES = (
    "convolutions and head start from VGG16 trained on FER+ at one size after "
    "another, but for the last layer, whose classes are others"
)
RELEASED = (
    "the authors' released settings: Adam, then SGD, one cycle of fastai each; "
    "0.4 of the probabilities are the image's, 0.6 the mean of eight views "
    "with perspective and light, drawn once where theirs are three times; and "
    "the epoch of the highest accuracy, where theirs is of the least loss",
    *BOTH,
)
REORDERED = (
    "the authors' file re-orders that last layer, and has 144 pixels where the "
    "paper and ours have 192"
)
READING = ("as PSR with PDLS, but for what the row's name says",)
SHORT_ROWS = (
    "its targets sum to 0.993 to 1: the mean of the branches trains each by "
    "its own loss but for that remainder of the log of its normaliser"
)
SEVEN = "7 private convolutions; three branches, their mean"
VOTES = (
    "PDLS, where the authors' file for FER+ learns each image's own votes; "
    "ImageNet's weights, as there"
)
NEVER_RELEASED = "no recipe for AffectNet was released: it is that of RAF-DB"
ENLARGED = (
    "FER+ enlarged from 48 pixels to 96, as in the authors' file, but where "
    "the row's name says otherwise; images of which five of ten raters, or "
    "more, name one of the eight expressions: 25,373 to train on, where the "
    "paper has 25,371",
)
FERPLUS = Recipe(
    (adam(60, None),),
    batch_size=64,
    augment=partial(fastai_transforms, rotation=30, zoom=1.2),
    views=partial(fastai_views, rotation=30, warp=0, lighting=0),
    raw_scores=True,
    assumed=(*ASSUMED, FROM_IMAGENET, *ENLARGED),
)
FERPLUS_PSR = replace(
    FERPLUS,
    phases=(adam(60, PSR_RATES),),
    assumed=(*PYRAMID, SAME_IMAGES, *ENLARGED),
)
RAF = Recipe(
    (adam(50, None),),
    batch_size=32,
    augment=partial(fastai_transforms, rotation=15, zoom=1.1),
    views=partial(fastai_views, rotation=15, warp=0, lighting=0),
    raw_scores=True,
    assumed=(*ASSUMED, FROM_IMAGENET),
)
RAF_PSR = replace(
    RAF, phases=(adam(50, PSR_RATES),), assumed=(*PYRAMID, SAME_IMAGES)
)
AFFECTNET_PSR = replace(
    RAF_PSR, assumed=(NEVER_RELEASED, *PYRAMID, OTHER_IMAGES)
)
FERPLUS_RELEASED = released(FERPLUS, (30, 30), PSR_FERPLUS)
RAF_RELEASED = released(RAF, (30, 20), PSR_RAF)
# What a processor manages: the released recipe, shorter and smaller.
SMALL = replace(
    released(FERPLUS, (2, 1)),
    precision="mixed_bfloat16",
    assumed=(
        *RELEASED,
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


def size_phases(sides, frozen):
    """Phases of 20 epochs: frozen at the first size, then one at each size."""
    first = Phase(partial(Adam, 1e-3), 20, frozen=frozen, image_size=sides[0])
    others = (Phase(partial(Adam, 1e-4), 20, image_size=side) for side in sides)
    return first, *others


SIZES = (
    "20 epochs of the head alone at the smallest size, Adam at 1e-3, then 20 "
    "at each size, Adam at 1e-4; from random weights, everything is trained "
    "from the start",
    "PSR without spatial transformer, which fits one size, and from 64 pixels, "
    "as half of 48 or 50 is too small for five poolings",
    "the epoch is chosen among those of the last size; cross-entropy, fastai's "
    "augmentation, batches of 128 for VGG16, as in the authors' file, and of "
    "64 for PSR",
    NETWORK,
    FROM_IMAGENET,
)


FERPLUS_PROTOCOL = Protocol(
    "clean",
    "train",
    "validation",
    "test",
    "the paper's own: trained on Training, the epoch chosen on PublicTest, "
    "PrivateTest scored (3,160 images).",
    papers=True,
)
RAF_PROTOCOL = Protocol(
    "clean",
    "train",
    "validation",
    "test",
    "the paper's own: training images drawn at random choose the epoch, here "
    "a fifth, as in the authors' file, another in each run; the test images "
    "are scored.",
    (Fold("validation", of="train", folds=5),),
    papers=True,
)
AFFECTNET_PROTOCOL = Protocol(
    "clean",
    "train",
    "held out",
    "validation",
    "the paper's own: training images drawn at random choose the epoch, here "
    "a hundredth, of which the paper says nothing; the published validation "
    "images, for lack of a test set, are scored.",
    (HoldOut("held out", of="train", share=0.01),),
    papers=True,
)
FER2013_PROTOCOL = replace(
    FERPLUS_PROTOCOL,
    note="trained on Training, the epoch chosen on PublicTest, PrivateTest "
    "scored; no labels are used.",
    papers=False,
)
