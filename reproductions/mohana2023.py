"""A convolutional sparse autoencoder, then a classifier.

Mohana and Subashini, Convolutional Sparse Autoencoder for Emotion Recognition,
2023.

    python -m reproductions.mohana2023                # every row that can run
    python -m reproductions.mohana2023 --demo --rows "CSA classifier"
    python -m reproductions.mohana2023 --rows "1 %: random" "1 %: sparsity 1e-5"

A row runs the autoencoder that it starts from first. CK+ needs a copy of it,
whose faces are then cut out; the configuration mohana2023_neutral likewise.
The smaller copy CK+48, whose faces are cut out already, has rows of its own:

    python -m reproductions prepare ck_plus/mohana2023/faces48 --manual-dir F
    python -m reproductions prepare ck_plus/ck48 --manual-dir F
    python -m reproductions.mohana2023 --rows "CSA, CK+48"

A run on CK+ is 100 epochs of 1,046 faces without labels, then 70 with: an hour
or two on a processor, minutes on a GPU. Ten epochs of FER2013's faces, for rows
named "10 epochs", are as much.
"""

from dataclasses import replace
from functools import partial

from ferkeras.data import Draw, HoldOut
from ferkeras.papers import (
    Comparison,
    Demo,
    Figure,
    Others,
    Paper,
    Protocol,
    Statement,
    Table,
)
from ferkeras.papers.statements import errs_only_towards, mostly_taken_for
from ferkeras.scoring.metrics import MIXED
from reproductions.commands import run_papers
from reproductions.mohana2023_recipes import (
    ABSOLUTE,
    CK48,
    CLASSIFIED,
    CLASSIFYING,
    FROZEN_FIRST,
    LONGER,
    ONCE,
    RECONSTRUCTED,
    RECONSTRUCTING,
    REPEATED,
    WITH_NEUTRAL,
    autoencoder,
    classifier,
    few_labels,
    unlabelled,
)

PROTOCOLS = (
    Protocol(
        "paper",
        "train",
        "test",
        "test",
        "four fifths of the frames, drawn at random, to train on; the others "
        "scored, at the epoch that is best on them. It leaks: of the "
        "frames of a sequence, which are nearly equal, some are on each side, "
        "and the scored images choose the epoch. Which frames the paper drew "
        "is not published.",
        (HoldOut("test", of="train", share=0.2),),
        papers=True,
        others=Others(images=262, pool=1308),
    ),
    Protocol(
        "clean",
        "train",
        "validation",
        "test",
        "a fifth of the people scored, an eighth of the others to choose "
        "the epoch; nobody is on two sides. The autoencoder is trained on the "
        "images of its classifier.",
        (
            HoldOut("test", of="train", share=0.2, by="subject"),
            HoldOut("validation", of="train", share=0.125, by="subject"),
        ),
    ),
)
ALL_LABELS = Protocol(
    "clean",
    "train",
    "validation",
    "test",
    "trained on Training, the epoch chosen on PublicTest, PrivateTest scored.",
)


def few_labelled(percent):
    """Where `percent` of FER2013's Training images have labels."""
    if percent == 100:
        return ALL_LABELS
    return replace(
        ALL_LABELS,
        train="few",
        select="tenth",
        note=f"trained on {percent} % of the Training images, others in each "
        "run and the same for all rows, the epoch chosen on a tenth of "
        "PublicTest, PrivateTest scored. That tenth has labels too: this "
        "compares starts, and does not say what so few are enough for.",
        hold_outs=(
            Draw("few", of="train", images=percent / 100),
            HoldOut("tenth", of="validation", share=0.1),
        ),
    )


# fmt: off
AUTOENCODER, CSA, RANDOM = "Autoencoder", "CSA classifier", "CSA, random start"
SINGLE = {"pools": 3, "convolutions": 1}
CLASSES = (
    "anger", "contempt", "disgust", "fear", "happy", "sadness", "surprise",
)
# Figure 6 in percent, rows true: what the text says of it leaves no other.
MATRIX = (
    (96, 4, 0, 0, 0, 0, 0),
    (0, 100, 0, 0, 0, 0, 0),
    (0, 0, 100, 0, 0, 0, 0),
    (0, 10, 0, 90, 0, 0, 0),
    (0, 0, 0, 0, 100, 0, 0),
    (0, 0, 0, 0, 0, 100, 0),
    (0, 2, 0, 0, 0, 0, 98),
)
PRINTED_PSNR = (
    "The paper prints 70.06 dB. 21.93 dB is that less the 48.13 dB which a "
    "peak of 255 adds where values are from 0 to 1, as the paper's are."
)
STAGE = Table("The autoencoder", 3, PROTOCOLS, (
    autoencoder(AUTOENCODER, RECONSTRUCTING, {
        "psnr": round(70.06 - MIXED, 2), "psnr_mixed": 70.06,
        "training_loss": 0.0228, "selection_loss": 0.0428,
    }),
), note=PRINTED_PSNR)
TABLE1 = Table("Table 1", 3, PROTOCOLS, (
    replace(
        classifier(CSA, AUTOENCODER, CLASSIFYING, {
            "accuracy": 98, "macro_precision": 96, "mean_recall": 98,
            "macro_f1": 97, "least_selection_loss": 0.0726, "classes": {
                "anger": 96, "contempt": 100, "disgust": 100, "fear": 90,
                "happy": 100, "sadness": 100, "surprise": 98,
            },
        }),
        explain="encoder4_conv2",
    ),
))
STAGES = Table("The autoencoder, other readings", 3, PROTOCOLS, (
    autoencoder("Autoencoder, absolute error", ABSOLUTE),
    autoencoder("Autoencoder, 3 pools", RECONSTRUCTED, pools=3),
    autoencoder("Autoencoder, single convolutions", RECONSTRUCTED, **SINGLE),
    autoencoder("Autoencoder, 8 classes", RECONSTRUCTED, dataset=WITH_NEUTRAL),
))
READINGS = Table("Table 1, other readings", 3, PROTOCOLS, (
    classifier(RANDOM, None, CLASSIFIED),
    classifier("CSA, 100 epochs", AUTOENCODER, LONGER),
    classifier("CSA, 70 epochs frozen first", AUTOENCODER, FROZEN_FIRST),
    classifier("CSA, absolute error", STAGES.rows[0].name, CLASSIFIED),
    classifier("CSA, 3 pools", STAGES.rows[1].name, CLASSIFIED, pools=3),
    classifier(
        "CSA, single convolutions", STAGES.rows[2].name, CLASSIFIED, **SINGLE
    ),
    classifier(
        "CSA, 8 classes", STAGES.rows[3].name, CLASSIFIED, dataset=WITH_NEUTRAL
    ),
))
THREE_FRAMES = (
    "CK+48 is a copy of CK+ that is passed around: 981 faces of 48 pixels, cut "
    "out by its maker, the last three frames of a sequence where the paper has "
    "four. What is scored are not the paper's images, so there is no number "
    "of the paper's beside it."
)
COPY_STAGE = Table("The autoencoder on CK+48", 3, PROTOCOLS, (
    autoencoder("Autoencoder, CK+48", RECONSTRUCTED, dataset=CK48),
), note=THREE_FRAMES)
COPY = Table("Table 1 on CK+48", 3, PROTOCOLS, (
    classifier(
        "CSA, CK+48", COPY_STAGE.rows[0].name, CLASSIFIED, dataset=CK48
    ),
    classifier("CSA, random start, CK+48", None, CLASSIFIED, dataset=CK48),
), note=THREE_FRAMES)
# Percent of the labels, and epochs.
SHARES = {1: 30, 5: 8, 10: 8, 100: 8}
UNLABELLED = tuple(
    Table(
        f"Autoencoders (FER2013){pretraining.title}", pretraining.runs,
        (ALL_LABELS,), tuple(unlabelled(pretraining).values()),
        note=pretraining.note,
    )
    for pretraining in (ONCE, REPEATED)
)
FEW_LABELS = tuple(
    Table(
        f"Few labels (FER2013){pretraining.title}: {percent} %", 3,
        (few_labelled(percent),), rows, note=pretraining.note,
    )
    for percent, epochs in SHARES.items()
    for pretraining, rows in few_labels(percent, epochs).items()
)
# fmt: on
PAPER = Paper(
    key="mohana2023",
    title="Convolutional Sparse Autoencoder for Emotion Recognition",
    url="https://doi.org/10.1007/978-3-031-27762-7_1",
    tables=(
        *(STAGE, TABLE1, STAGES, READINGS, COPY_STAGE, COPY),
        *UNLABELLED,
        *FEW_LABELS,
    ),
    figures=(
        Figure("Figure 4", "curves", (AUTOENCODER,)),
        Figure("Figure 5", "curves", (CSA,)),
        Figure("Figure 6", "confusion", (CSA,), CLASSES, MATRIX),
    ),
    statements=(
        Statement(
            "errs towards contempt alone",
            CSA,
            partial(errs_only_towards, name="contempt"),
        ),
        *(
            Statement(
                f"{name} is taken for contempt ({percent} %)",
                CSA,
                partial(mostly_taken_for, name=name, other="contempt"),
            )
            for name, percent in (("anger", 4), ("fear", 10), ("surprise", 2))
        ),
    ),
    comparisons=(
        Comparison("the autoencoder's encoder helps", CSA, RANDOM),
        Comparison(
            "the autoencoder's encoder helps", *(row.name for row in COPY.rows)
        ),
        *(
            Comparison(claim, table.rows[row].name, table.rows[than].name)
            for table in FEW_LABELS
            # Rows by place: random, then by sparsity.
            for claim, row, than in (
                ("the autoencoder helps", 1, 0),
                ("the sparse one helps", 2, 0),
                ("its sparsity helps", 2, 1),
                ("more of it helps", 3, 2),
            )
        ),
    ),
    demo=Demo(size=48),
)

if __name__ == "__main__":
    run_papers.main(PAPER)
