"""Rows of Vo et al. (2020), and where each of them starts."""

from dataclasses import replace
from functools import partial

from ferkeras.layers import COLOURS
from ferkeras.models import pyramid_sr, vgg16_bn
from ferkeras.papers import Experiment, Start, cross_entropy
from reproductions.vo2020_recipes import (
    FERPLUS,
    FERPLUS_PSR,
    FROM_DIV2K,
    FROM_IMAGENET,
    RAF,
    RAF_PSR,
    READING,
    SIZES,
    imagenet,
    pdls,
    size_phases,
)
from tfds_builders.ferplus import labels
from tfds_builders.raf_db import reader as raf_db


def trained(row, head="head_.+"):
    """Where PSR starts: the convolutions and the head of a row of VGG16."""
    parts = r"(?:small|x2|original|shared)_(.+)"
    return Start(row, {parts: r"features_\1", head: r"\g<0>"})


# Published weights, and those that a row here makes.
IMAGENET = Start("VGG16-BN, ImageNet")
DIV2K = Start("EDSR x2, DIV2K")
OWN_EDSR = Start("EDSR x2 on FER2013")
# VGG16 at one size after another: Figure 2, and where PSR starts.
RAF_SIZES = "RAF-DB: VGG16, 50-100-150-50"
FERPLUS_SIZES = "FER+: VGG16, 48-96-192-48"
# For images of other classes.
FERPLUS_BODY = trained(FERPLUS_SIZES, "head_(?!logits).+")
# Layers of PSR that start from published weights.
BODY = "edsr|small|x2|original|shared"
UNWARPED = partial(pyramid_sr, spatial_transformer=False)
RELEASED = partial(pyramid_sr, position=7)
FERPLUS_PDLS = pdls(labels.CLASS_NAMES)
RAF_PDLS = pdls(raf_db.CLASS_NAMES)

colour = partial(Experiment, channels=COLOURS, normalization=imagenet)
psr = partial(colour, model=pyramid_sr, branches=("small", "x2", "original"))
vgg = partial(colour, model=vgg16_bn)


def row_on(images, dataset, recipes, stage, row, name, loss, given, **others):
    """A row on one dataset.

    Args:
        images: what its name begins with.
        dataset: TFDS name.
        recipes: of VGG16 and of PSR.
        stage: name of the row of VGG16 that PSR starts from.
        row: `vgg` or `psr`.
        name: the rest of its name.
        loss: factory of its loss.
        given: the printed numbers.
        **others: of `Experiment`, `image_size` among them.
    """
    usual = {"recipe": recipes[0], "start_from": (IMAGENET,)}
    if row is psr:
        usual = {"recipe": recipes[1], "start_from": (trained(stage), DIV2K)}
    others = usual | others
    others["recipe"] = replace(others["recipe"], loss=loss)
    return row(f"{images}: {name}", reported=given, dataset=dataset, **others)


on_raf = partial(
    row_on, "RAF-DB", "raf_db", (RAF, RAF_PSR), RAF_SIZES, image_size=100
)
on_ferplus = partial(
    row_on,
    "FER+",
    "ferplus/half",
    (FERPLUS, FERPLUS_PSR),
    FERPLUS_SIZES,
    image_size=96,
)


def names(*rows):
    """Names of rows."""
    return tuple(row.name for row in rows)


def reading(row, *others):
    """A row that differs from PSR with PDLS in what its name says."""
    recipe = replace(row.recipe, assumed=READING + others)
    return replace(row, recipe=recipe)


def sizes(row, name, sides, frozen, start, batch_size):
    """A row trained at one size after another, 20 epochs each."""
    recipe = replace(
        row.recipe,
        phases=size_phases(sides, frozen),
        batch_size=batch_size,
        views=None,
        raw_scores=False,
        loss=cross_entropy,
        assumed=SIZES + (FROM_DIV2K,) * (DIV2K in start),
    )
    return replace(
        row,
        name=f"{name}, {'-'.join(map(str, sides))}",
        reported={},
        image_size=sides[-1],
        recipe=recipe,
        start_from=start,
    )


vgg_sizes = partial(sizes, frozen="features", start=(IMAGENET,), batch_size=128)
psr_sizes = partial(sizes, frozen=BODY, start=(IMAGENET, DIV2K), batch_size=64)


def at_random(start):
    """What a row from random weights starts from in place of another start."""
    if start == IMAGENET:
        return ()
    if start == DIV2K:
        return (OWN_EDSR,)
    return (replace(start, source=f"{start.source} (random)"),)


def from_random(row):
    """A row from random weights, but for what is trained here."""
    # Random layers are not frozen.
    phases = tuple(replace(phase, frozen="") for phase in row.recipe.phases)
    published = FROM_IMAGENET, FROM_DIV2K
    assumed = tuple(x for x in row.recipe.assumed if x not in published)
    return replace(
        row,
        name=f"{row.name} (random)",
        reported={},
        recipe=replace(row.recipe, phases=phases, assumed=assumed),
        start_from=sum(map(at_random, row.start_from), ()),
    )


def from_random_weights(table, name):
    """The rows of a table from random weights."""
    return replace(
        table,
        name=f"{name} from random weights",
        rows=tuple(map(from_random, table.rows)),
        note="Nothing of ImageNet: VGG16 starts from random weights, and PSR "
        "from that VGG16 and the EDSR that is trained here.",
    )
