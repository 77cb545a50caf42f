"""What Vo et al. (2020) say of their rows."""

from functools import partial

from ferkeras.papers import Comparison, Statement
from ferkeras.papers.statements import (
    highest_recalled,
    lowest_recalled,
    mostly_taken_for,
    recalled_above,
)

RAF, FERPLUS = "RAF-DB: PSR, PDLS", "FER+: PSR, PDLS"
AFFECTNET = tuple(f"AffectNet, {k} classes: PSR, PDLS" for k in (8, 7))
LOSSES = ("CE", "LS", "PDLS")
UNWARPED = "PSR without STN, PDLS"


def taken_for(row, name, other, percent):
    """A statement on a class's commonest error."""
    return Statement(
        f"{name} is mostly taken for {other} ({percent} %)",
        row,
        partial(mostly_taken_for, name=name, other=other),
    )


def statements():
    """Its sentences on the matrices of Figure 6."""
    above = ("neutral", "surprise", "anger")
    return (
        Statement(
            "disgust (54 %), then fear (59 %) are recognised worst",
            RAF,
            partial(lowest_recalled, names=("disgust", "fear")),
        ),
        taken_for(RAF, "disgust", "neutral", 17),
        taken_for(RAF, "fear", "surprise", 16),
        Statement(
            "happiness (96 %) is recognised best",
            FERPLUS,
            partial(highest_recalled, names=("happiness",)),
        ),
        Statement(
            "neutral, surprise and anger are above 90 %",
            FERPLUS,
            partial(recalled_above, names=above, above=90),
        ),
        Statement(
            "contempt (23 %) is recognised worst",
            FERPLUS,
            partial(lowest_recalled, names=("contempt",)),
        ),
        taken_for(FERPLUS, "fear", "surprise", 37),
        taken_for(FERPLUS, "disgust", "anger", 33),
        taken_for(FERPLUS, "sadness", "neutral", 22),
        *(
            Statement(
                "happy is recognised best, then fear",
                row,
                partial(highest_recalled, names=("happy", "fear")),
            )
            for row in AFFECTNET
        ),
        Statement(
            "contempt (49 %) is recognised worst",
            AFFECTNET[0],
            partial(lowest_recalled, names=("contempt",)),
        ),
    )


def branches(row):
    """Figure 9: each branch over the one before, all together over the best."""
    small, original, enlarged = (
        f"branches/{name}" for name in ("small", "original", "x2")
    )
    return (
        Comparison(
            "the original image over the small one",
            row,
            row,
            score=original,
            than_score=small,
        ),
        Comparison(
            "the enlarged image over the original",
            row,
            row,
            score=enlarged,
            than_score=original,
        ),
        Comparison(
            "all branches over the enlarged image",
            row,
            row,
            than_score=enlarged,
        ),
    )


def comparisons():
    """Its claims that compare rows, and those that we can test on FER+."""
    vgg = "RAF-DB: VGG16, LS"
    unwarped = f"RAF-DB: {UNWARPED}"
    random = f"FER+: {UNWARPED} (random)"
    mean_recall = {"score": "mean_recall"}
    return (
        *(
            Comparison(
                f"PSR over VGG16, {loss}",
                f"RAF-DB: PSR, {loss}",
                f"RAF-DB: VGG16, {loss}",
            )
            for loss in LOSSES
        ),
        Comparison("PSR over VGG16, each with its best loss", RAF, vgg),
        Comparison("the same in mean recall", RAF, vgg, **mean_recall),
        Comparison("the spatial transformer helps PSR", RAF, unwarped),
        Comparison("the same in mean recall", RAF, unwarped, **mean_recall),
        *(
            Comparison(
                f"label smoothing over cross-entropy, {network}",
                f"RAF-DB: {network}, LS",
                f"RAF-DB: {network}, CE",
            )
            for network in ("VGG16", "PSR")
        ),
        Comparison("PDLS over label smoothing, PSR", RAF, "RAF-DB: PSR, LS"),
        Comparison(
            "label smoothing over PDLS, VGG16", vgg, "RAF-DB: VGG16, PDLS"
        ),
        Comparison("PSR over VGG16", FERPLUS, "FER+: VGG16, CE"),
        *branches(unwarped),
        # Without the published weights.
        *(
            Comparison(
                f"PSR over VGG16, {loss}",
                f"FER+: PSR, {loss} (random)",
                f"FER+: VGG16, {loss} (random)",
            )
            for loss in LOSSES
        ),
        Comparison(
            "the spatial transformer helps PSR", f"{FERPLUS} (random)", random
        ),
        *branches(random),
    )


def cuts(table):
    """Figure 10: no private convolution is worst; from 5 on, all are alike.

    Args:
        table: `Table` of 0 to 12 private convolutions.
    """
    none, *some = (row.name for row in table.rows)
    return (
        *(
            Comparison("private convolutions over none", name, none)
            for name in some
        ),
        *(
            Comparison("no more than 5 are needed", name, some[4], alike=True)
            for name in some[5:]
        ),
    )
