"""How the rows of Mohana and Subashini (2023) are made and trained."""

from dataclasses import dataclass, replace
from functools import partial

from keras.layers import Rescaling
from keras.optimizers import Adam

from ferkeras.data import no_augmentation
from ferkeras.losses import PixelLoss
from ferkeras.models import sparse_autoencoder, sparse_classifier
from ferkeras.papers import RECONSTRUCTION, Experiment, Phase, Recipe, Start

CK_PLUS = "ck_plus/mohana2023/faces48"
WITH_NEUTRAL = "ck_plus/mohana2023_neutral/faces48"
# A copy that others cut out: faces of 48 pixels already.
CK48 = "ck_plus/ck48"
OPEN = (
    "the last four frames of each labelled sequence, which give the printed "
    "1,308 images of 7 classes; the paper lists 327 neutral ones too, as many "
    "as first frames, but its results have no such class",
    "faces by OpenCV's frontal cascade, a tenth of its box added on each side; "
    "pixels from 0 to 1",
    "blocks of two convolutions, 32, 64, 128 and 256 filters in the encoder, "
    "128, 64 and 32 in the decoder, which the paper does not give: those of a "
    "tutorial whose words it shares",
    "the first two of four blocks pooled: pooling after each, as printed, "
    "could not be undone by a decoder of three",
    "sparsity 1e-5: an L1 penalty on the pooled maps, summed over an image",
    "no augmentation, no class weights, the epoch of the best score",
)
adam = partial(Adam, 1e-3)
RECONSTRUCTING = Recipe(
    (Phase(adam, 100),),
    batch_size=32,
    augment=no_augmentation,
    assumed=(
        *OPEN,
        "the squared error of the stated cost, where the equation prints a "
        "norm without the square",
        "the printed losses, 0.0228 on training and 0.0428 on validation "
        "images, are the last epoch's and have the penalty in them",
        "70.06 dB cannot come from values of 0 to 1 and such losses, which by "
        "themselves are 16.42 and 13.69 dB: it is taken for 21.93 dB and the "
        "48.13 dB that a peak of 255 adds",
    ),
    loss=partial(PixelLoss, 2),
)
CLASSIFYING = Recipe(
    (Phase(adam, 70),),
    batch_size=32,
    augment=no_augmentation,
    assumed=(
        *OPEN,
        "70 epochs as in Sec. 4.3; Sec. 3.3 has 100",
        "the encoder trains with the rest from the first step, with its "
        "penalty",
        "accuracy as usual, where its formula prints false negatives for true "
        "negatives; precision, recall and F1 are means over classes, though "
        "the column's mean is 97.71, printed 98.00",
    ),
)
# Rows whose names say what differs from the paper's.
READING = ("as the paper's row, but for what the row's name says",)
RECONSTRUCTED = replace(RECONSTRUCTING, assumed=READING)
CLASSIFIED = replace(CLASSIFYING, assumed=READING)
ABSOLUTE = replace(RECONSTRUCTED, loss=partial(PixelLoss, 1))
LONGER = replace(CLASSIFIED, phases=(Phase(adam, 100),))
FROZEN_FIRST = replace(
    CLASSIFIED, phases=(Phase(adam, 70, frozen="encoder"), Phase(adam, 70))
)


def row(name, model, recipe, reported, dataset, **others):
    """A row on grey faces of 48 pixels, brought to 0 to 1."""
    scale = partial(Rescaling, 1 / 255)
    return Experiment(
        name, model, ("grey",), reported, dataset, 48, recipe, scale, **others
    )


def autoencoder(name, recipe, reported=None, dataset=CK_PLUS, **network):
    """A row that needs no labels."""
    return row(
        name,
        partial(sparse_autoencoder, **network),
        recipe,
        reported or {},
        dataset,
        task=RECONSTRUCTION,
    )


def classifier(name, source, recipe, reported=None, dataset=CK_PLUS, **network):
    """A row on the encoder of row `source`, or on one of random weights."""
    return row(
        name,
        partial(sparse_classifier, **network),
        recipe,
        reported or {},
        dataset,
        start_from=(Start(source),) if source else (),
    )


@dataclass(frozen=True)
class Pretraining:
    """How FER2013's autoencoders are trained.

    Attributes:
        words: what names of rows say of it.
        title: what names of tables say of it.
        epochs: how many.
        runs: how often; the runs of a classifier take them in turn.
        note: one sentence for the report.
    """

    words: str
    title: str
    epochs: int
    runs: int
    note: str


ONCE = Pretraining(
    words="",
    title="",
    epochs=2,
    runs=1,
    note="One pre-training of two epochs, which two cores manage, stands "
    "behind each start from an autoencoder, in all runs: what it adds by "
    "chance is in every difference and in no interval.",
)
REPEATED = Pretraining(
    words="10 epochs, ",
    title=", pre-trained for each run",
    epochs=10,
    runs=3,
    note="Each run has an autoencoder of its own, of ten epochs, so that "
    "intervals are over these too; random starts are the same runs as above.",
)
SPARSITIES = {"0": 0, "1e-5": 1e-5, "1e-4": 1e-4}
SHORT = (
    "not of the paper: a test of its claim of robust features from few data, "
    "by autoencoders of all 28,709 Training faces; bfloat16",
    "no penalty in the classifiers, which differ in their start alone",
    "running means with momentum 0.9, as few steps do not fill Keras' 0.99",
)
FER2013 = {"dataset": "fer2013", "momentum": 0.9}


def short(recipe, epochs):
    """A recipe for FER2013."""
    return replace(
        recipe,
        phases=(Phase(adam, epochs),),
        assumed=SHORT,
        precision="mixed_bfloat16",
    )


def unlabelled(pretraining):
    """FER2013's autoencoders, of each sparsity."""
    recipe = short(RECONSTRUCTING, pretraining.epochs)
    return {
        f"{pretraining.words}sparsity {name}": autoencoder(
            f"FER2013, {pretraining.words}sparsity {name}",
            recipe,
            sparsity=sparsity,
            **FER2013,
        )
        for name, sparsity in SPARSITIES.items()
    }


def few_labels(percent, epochs):
    """Classifiers that see `percent` of FER2013's labels, for some epochs.

    Returns:
        dict of `Pretraining` -> rows, of which the first is of random weights,
        and the same in all.
    """
    recipe = short(CLASSIFYING, epochs)

    def start(words, source=None):
        name = f"{percent} %: {words}"
        return classifier(name, source, recipe, sparsity=0, **FER2013)

    random = start("random")
    return {
        pretraining: (
            random,
            *(start(x, row.name) for x, row in unlabelled(pretraining).items()),
        )
        for pretraining in (ONCE, REPEATED)
    }
