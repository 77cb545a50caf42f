"""Grey image and its gradients into AlexNet (Falahzadeh et al., 2021).

    python -m reproductions.falahzadeh2021            # every row that can run
    python -m reproductions.falahzadeh2021 --demo --runs 10 --tables \
        "Table 2: JAFFE" "Table 3: JAFFE"             # ten folds, drawn faces
    python -m reproductions.falahzadeh2021 --rows "210 images at 113 px: grey"

The paper's rows need copies of JAFFE and CK+, and ImageNet's weights: the
message about a file that is missing gives its address. Without these weights,
rows named "(FER2013 backbone)" train their own, three of each kind, which the
folds take in turn. What the paper claims is tried on small parts of FER2013 as
well: at 227 pixels for a GPU, at 113 for a processor. A run is one fold; lists
of the folds lie beside the results.
"""

from dataclasses import replace
from functools import partial
from itertools import pairwise

from ferkeras.papers import Comparison, Demo, Figure, Paper, Statement, Table
from ferkeras.papers.statements import best_recalled, worst_recalled
from reproductions.commands import run_papers
from reproductions.falahzadeh2021_folds import (
    FER2013,
    filled_folds,
    folds_of_few,
    ten_folds,
)
from reproductions.falahzadeh2021_recipes import (
    DROPOUT,
    FRAMES,
    SMALL_BACKBONE,
    THREE,
    augment,
    from_backbone,
    other,
    readings,
    row,
    stages,
    steps,
)
from tfds_builders.ck_plus import fake_files as ck_plus_files
from tfds_builders.jaffe import fake_files as jaffe_files

# Confusion matrices in percent, rows true, in the paper's order of classes.
# fmt: off
JAFFE_CLASSES = (
    "disgust", "surprise", "happiness", "sadness", "anger", "neutral", "fear",
)
CK_PLUS_CLASSES = (
    "disgust", "surprise", "happy", "sadness", "anger", "neutral", "fear",
)
JAFFE_MATRIX = (
    (92.18, 0.00, 3.13, 1.56, 3.13, 0.00, 0.00),
    (0.00, 90.62, 3.13, 0.00, 1.56, 0.00, 4.69),
    (0.00, 3.13, 95.31, 0.00, 1.56, 0.00, 0.00),
    (4.69, 1.56, 0.00, 92.18, 0.00, 0.00, 1.56),
    (0.00, 7.81, 0.00, 1.56, 89.07, 0.00, 1.56),
    (3.12, 0.00, 0.00, 0.00, 0.00, 93.76, 3.12),
    (1.56, 1.56, 0.00, 1.56, 1.56, 0.00, 93.76),
)
CK_PLUS_MATRIX = (
    (92.70, 2.25, 1.68, 2.80, 0.00, 0.57, 0.00),
    (0.57, 95.50, 1.68, 0.00, 0.57, 0.00, 1.68),
    (0.00, 3.94, 94.38, 0.00, 0.00, 0.00, 1.68),
    (2.25, 1.68, 0.00, 91.01, 0.00, 0.00, 5.06),
    (1.12, 1.12, 0.00, 0.57, 94.94, 0.57, 1.68),
    (2.25, 1.12, 0.56, 0.00, 3.37, 92.14, 0.56),
    (0.00, 0.00, 0.00, 1.68, 2.80, 0.57, 94.95),
)
# fmt: on


def recalls(classes, matrix):
    """What a row reports of the diagonal of a printed matrix."""
    return {"classes": {name: matrix[k][k] for k, name in enumerate(classes)}}


def compared(rows, claims):
    """Claims that each row is better than the one before it."""
    return tuple(
        Comparison(claim, row.name, than.name)
        for claim, (than, row) in zip(claims, pairwise(rows), strict=True)
    )


jaffe = partial(row, dataset="jaffe")
ck_plus = partial(row, dataset="ck_plus/falahzadeh2021", assumed=FRAMES)
# What every step of Tables 2 and 3 is said to do.
FREEZING = tuple(f"freezing conv{k} too helps" for k in (2, 3, 4))
STEPS = ("gradients help", "augmentation helps", "dropout helps")
ONE_ROW = (
    "The last row of Table 2 and the first of Table 3, the original image, are "
    "one experiment with one printed number: it is run once."
)
AUGMENTED = (
    "The last two rows of Table 3, which alone have augmentation: the same "
    "rows, and the same numbers of the paper, on other images."
)
IN_PLACE = (
    "Its convolutions stand in for ImageNet's. Three networks for grey and "
    "three for three channels, which the runs below take in turn: what sets "
    "two of them apart by chance is in the spread of the runs. The steps of "
    "Table 3 are tried with them on parts of FER2013 below: 210 images, 30 of "
    "each class, for JAFFE's 213, and 1,236 for CK+'s (3 peaks and a neutral "
    "frame of 309 sequences)."
)
BY_CHANCE = (
    "What sets these two networks apart by chance is in every difference that "
    "gradients are said to make."
)
# fmt: off
FOLDS = ten_folds()
# Whose printed accuracy is of as many images as its matrix: those of one fold.
of_copies = partial(replace, judged_under="paper_like")
JAFFE = Table("Table 2: JAFFE", 10, FOLDS, (
    jaffe("JAFFE: conv1 frozen", 76.25, last=1),
    jaffe("JAFFE: conv1-2 frozen", 76.40, last=2),
    jaffe("JAFFE: conv1-3 frozen", 80.65, last=3),
    jaffe("JAFFE: original image, conv1-4 frozen", 83.35),
), demo=FOLDS)
JAFFE_STEPS = replace(JAFFE, name="Table 3: JAFFE", rows=(
    JAFFE.rows[-1],
    jaffe("JAFFE: 3-channel", 90.10, THREE),
    jaffe("JAFFE: 3-channel + aug", 92.02, THREE, augment),
    of_copies(jaffe(
        "JAFFE: 3-channel + aug + dropout", 92.41, THREE, augment, DROPOUT,
        **recalls(JAFFE_CLASSES, JAFFE_MATRIX), selection_loss=0.6, runs=1,
    )),
), note=f"{ONE_ROW} The last row's validation loss is said to be about 0.6.")
JAFFE_COPIES = replace(
    JAFFE_STEPS, name="Table 3, as its matrices are counted: JAFFE",
    protocols=filled_folds(64), rows=JAFFE_STEPS.rows[2:], note=AUGMENTED,
    demo=filled_folds(4),
)
CK_PLUS = Table("Table 2: CK+", 10, FOLDS, (
    ck_plus("CK+: conv1 frozen", 78.68, last=1),
    ck_plus("CK+: conv1-2 frozen", 79.3, last=2),
    ck_plus("CK+: conv1-3 frozen", 81.12, last=3),
    ck_plus("CK+: original image, conv1-4 frozen", 84.86),
), demo=FOLDS)
CK_PLUS_STEPS = replace(CK_PLUS, name="Table 3: CK+", rows=(
    CK_PLUS.rows[-1],
    ck_plus("CK+: 3-channel", 91.36, THREE),
    ck_plus("CK+: 3-channel + aug", 93.12, THREE, augment),
    of_copies(ck_plus(
        "CK+: 3-channel + aug + dropout", 93.66, THREE, augment, DROPOUT,
        **recalls(CK_PLUS_CLASSES, CK_PLUS_MATRIX), selection_loss=0.5, runs=1,
    )),
), note=f"{ONE_ROW} The last row's validation loss is said to be under 0.5.")
CK_PLUS_COPIES = replace(
    CK_PLUS_STEPS, name="Table 3, as its matrices are counted: CK+",
    protocols=filled_folds(178), rows=CK_PLUS_STEPS.rows[2:], note=AUGMENTED,
    demo=filled_folds(7),
)
JAFFE_ROWS, CK_PLUS_ROWS = (
    (*table.rows, *steps.rows[1:])
    for table, steps in ((JAFFE, JAFFE_STEPS), (CK_PLUS, CK_PLUS_STEPS))
)
JAFFE_READINGS = Table(
    "Other readings: JAFFE", 10, JAFFE.protocols,
    readings(*JAFFE_STEPS.rows[:2]),
)
CK_PLUS_READINGS = Table("Other readings: CK+", 10, CK_PLUS.protocols, (
    *readings(*CK_PLUS_STEPS.rows[:2]),
    other(
        CK_PLUS_STEPS.rows[1], ", one peak frame",
        dataset="ck_plus/falahzadeh2021_peak",
    ),
))
STAGE = Table("AlexNet on FER2013", 3, (FER2013,), stages(), note=IN_PLACE)
JAFFE_BACKBONE = Table(
    "Without ImageNet: JAFFE", 10, JAFFE.protocols,
    tuple(map(from_backbone, JAFFE_ROWS)),
)
CK_PLUS_BACKBONE = Table(
    "Without ImageNet: CK+", 10, CK_PLUS.protocols,
    tuple(map(from_backbone, CK_PLUS_ROWS)),
)
FEW, MANY = "as many images as JAFFE", "as many images as CK+"
BFLOAT16 = "mixed_bfloat16"
CLAIM = "Claim on FER2013 subsets"
CLAIMS = (
    Table(
        f"{CLAIM}: {FEW}", 30, (folds_of_few(210, 10, balanced=True),),
        steps(210),
    ),
    Table(f"{CLAIM}: {MANY}", 30, (folds_of_few(1236, 10),), steps(1236)),
    Table(
        f"{CLAIM}: {FEW}, 113 pixels", 12,
        (folds_of_few(210, 3, balanced=True),), steps(210, 113, 60, BFLOAT16),
        note="Where there is no GPU: 113 pixels, 60 epochs, 3 folds, four "
        "times, in bfloat16. The first six runs started from an earlier pair "
        "of networks, trained as those below but in bfloat16; their digest is "
        f"in the records. {BY_CHANCE}",
    ),
    Table(
        f"{CLAIM}: {MANY}, 113 pixels", 9, (folds_of_few(1236, 3),),
        steps(1236, 113, 20),
        note="Where there is no GPU: 113 pixels, 20 epochs, 3 folds, three "
        "times. The first three runs started from the first network for grey "
        f"and the first for three channels. {BY_CHANCE}",
    ),
)
SMALL_STAGE = Table(
    "AlexNet on FER2013, 113 pixels", 3, (FER2013,),
    stages(113, SMALL_BACKBONE, (512, 512)),
    note="Where there is no GPU: 113 pixels, 3 epochs. Later runs of the "
    "claims on 113 pixels take the three of a kind in turn.",
)
# fmt: on
JAFFE_LAST, CK_PLUS_LAST = JAFFE_ROWS[-1].name, CK_PLUS_ROWS[-1].name
PAPER = Paper(
    key="falahzadeh2021",
    title="Facial Expression Recognition based on Image Gradient and Deep "
    "Convolutional Neural Network",
    url="https://doi.org/10.22044/jadm.2021.9898.2121",
    tables=(
        JAFFE,
        JAFFE_STEPS,
        JAFFE_COPIES,
        CK_PLUS,
        CK_PLUS_STEPS,
        CK_PLUS_COPIES,
        JAFFE_READINGS,
        CK_PLUS_READINGS,
        STAGE,
        JAFFE_BACKBONE,
        CK_PLUS_BACKBONE,
        *CLAIMS[:2],
        SMALL_STAGE,
        *CLAIMS[2:],
    ),
    figures=(
        Figure(
            "Figure 8",
            "confusion",
            (JAFFE_LAST,),
            JAFFE_CLASSES,
            JAFFE_MATRIX,
        ),
        Figure(
            "Figure 9",
            "confusion",
            (CK_PLUS_LAST,),
            CK_PLUS_CLASSES,
            CK_PLUS_MATRIX,
        ),
        Figure("Figures 10 and 12", "curves", (JAFFE_LAST,)),
        Figure("Figures 11 and 13", "curves", (CK_PLUS_LAST,)),
    ),
    statements=(
        Statement(
            "best at happiness",
            JAFFE_LAST,
            partial(best_recalled, names=("happiness",)),
        ),
        Statement(
            "worst at anger", JAFFE_LAST, partial(worst_recalled, name="anger")
        ),
        Statement(
            "best at surprise",
            CK_PLUS_LAST,
            partial(best_recalled, names=("surprise",)),
        ),
        Statement(
            "worst at sadness",
            CK_PLUS_LAST,
            partial(worst_recalled, name="sadness"),
        ),
    ),
    comparisons=(
        *compared(JAFFE_ROWS, FREEZING + STEPS),
        *compared(CK_PLUS_ROWS, FREEZING + STEPS),
        *compared(JAFFE_BACKBONE.rows, FREEZING + STEPS),
        *compared(CK_PLUS_BACKBONE.rows, FREEZING + STEPS),
        *(claim for table in CLAIMS for claim in compared(table.rows, STEPS)),
    ),
    # Without ImageNet's weights: what learns something in minutes.
    demo=Demo(size=64, epochs=12, network={"dense": ()}),
    drawn={
        "jaffe": jaffe_files.write_published,
        "ck_plus/falahzadeh2021": ck_plus_files.write_people,
    },
)

if __name__ == "__main__":
    run_papers.main(PAPER)
