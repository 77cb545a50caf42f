"""A paper's rows on other images than its own."""

import inspect
from dataclasses import replace
from functools import partial

from ferkeras.data import Fold, HoldOut
from ferkeras.papers import Protocol, cross_entropy
from reproductions.commands.own_images import SPLITS

DEMO_PROTOCOL = Protocol(
    "clean",
    "train",
    "validation",
    "test",
    "three sets of drawn faces: trained on the first, the epoch chosen on the "
    "second, the third scored.",
)
THREE_PARTS = replace(
    DEMO_PROTOCOL,
    note="trained on the first of three parts, the epoch chosen on the "
    "second, the third scored.",
)
TWO_PARTS = Protocol(
    "clean",
    "train",
    "held out",
    "test",
    "trained on nine tenths of the first of two parts, the epoch chosen on the "
    "others, the second part scored.",
    (HoldOut("held out", of="train", share=0.1),),
)
# AffectNet, whose test images are its publishers' own.
VALIDATION_SCORED = replace(TWO_PARTS, test="validation")
PEOPLE = Protocol(
    "clean",
    "train",
    "validation",
    "test",
    "ten folds of the people: one is scored, and a fifth of the people in the "
    "others choose the epoch. Nobody is on two sides.",
    (
        Fold("test", of="train", by="subject"),
        HoldOut("validation", of="train", share=0.2, by="subject"),
    ),
)
PROTOCOLS = {
    ("train", "validation", "test"): THREE_PARTS,
    ("train", "test"): TWO_PARTS,
    ("train", "validation"): VALIDATION_SCORED,
    ("train",): PEOPLE,
}
RUNS = 3
# What a paper reports of its own classes and of networks at its own size.
OF_PAPER = ("classes", "parameters")


def with_tables(paper, tables):
    """A paper with other tables, and without what it says of its images."""
    tables = tuple(tables)
    names = {row.name for table in tables for row in table.rows}
    return replace(
        paper,
        tables=tables,
        figures=tuple(
            replace(figure, classes=(), reported=())
            for figure in paper.figures
            if {*figure.rows} <= names
        ),
        layer_tables=(),
        statements=(),
        comparisons=tuple(
            x for x in paper.comparisons if {x.row, x.than} <= names
        ),
    )


def open_arguments(model, arguments):
    """Those arguments that a network takes and a row does not give."""
    taken = {*inspect.signature(model).parameters}
    taken -= {*getattr(model, "keywords", {})}
    return {k: v for k, v in arguments.items() if k in taken}


def has_clean(table):
    """Whether a table's rows have a clean protocol there."""
    return any(protocol.name == "clean" for protocol in table.protocols)


def demo_of(paper, runs=1, every=True):
    """The paper on small drawn faces: its first phase, for a few epochs.

    Without published weights, so that nothing need be fetched.

    Args:
        paper: a `Paper`.
        runs: how often each row is run.
        every: every row, or those of its `Demo` alone.
    """
    names, demo = {row.name for row in paper.rows}, paper.demo

    def shortened(row, dataset):
        network = open_arguments(row.model, demo.network)
        first = replace(
            row.recipe.phases[0], epochs=demo.epochs, image_size=None
        )
        recipe = demo.recipe or replace(
            row.recipe, phases=(first,), batch_size=16
        )
        recipe = replace(
            recipe,
            assumed=(
                f"a demonstration: {recipe.epochs} epochs of drawn faces, "
                f"{demo.size} pixels wide"
                + "".join(f"; {k}={v}" for k, v in network.items()),
            ),
        )
        return replace(
            row,
            model=partial(row.model, **network) if network else row.model,
            reported={
                k: v for k, v in row.reported.items() if k not in OF_PAPER
            },
            dataset=dataset,
            image_size=demo.size,
            recipe=recipe,
            start_from=tuple(x for x in row.start_from if x.source in names),
        )

    def moved(table):
        return replace(
            table,
            runs=runs,
            protocols=table.demo or (DEMO_PROTOCOL,),
            rows=tuple(
                shortened(row, row.dataset if table.demo else demo.faces)
                for row in table.rows
                if every or not demo.rows or row.name in demo.rows
            ),
            note="",
        )

    tables = (
        moved(table) for table in paper.tables if table.demo or has_clean(table)
    )
    shown = (table for table in tables if table.rows)
    return replace(with_tables(paper, shown), comparisons=())


def means_the_same(row):
    """Whether a row of a paper is the same on images with other classes.

    Rows that the paper does not have are about its own images, or about other
    datasets; other losses than cross-entropy know how many classes there are,
    and so do weights that are not trained further.
    """
    return (
        row.reported
        and row.recipe.phases
        and (row.recipe.loss == cross_entropy or not row.task.classifies)
    )


def protocol_of(source):
    """The one clean protocol of a dataset, by the parts that it has.

    Args:
        source: the prepared `Source`.

    Raises:
        ValueError: where there is nothing to train on.
    """
    parts = tuple(name for name in SPLITS if name in source.splits)
    if parts not in PROTOCOLS:
        raise ValueError(
            f"{source.name} has no train part. It has: "
            f"{', '.join(source.splits)}."
        )
    return PROTOCOLS[parts]


def on_dataset(paper, source):
    """A paper's rows, trained as there, on another dataset.

    Args:
        paper: a `Paper`.
        source: the prepared `Source`.

    Returns:
        A `Paper` that reports no numbers, under one clean protocol.

    Raises:
        ValueError: as `protocol_of`, and for a paper none of whose rows means
            the same there.
    """
    protocol = protocol_of(source)
    kept = [row for row in paper.rows if means_the_same(row)]
    if not kept:
        raise ValueError(
            f"No row of {paper.key} can be moved to {source.name}: their loss "
            "knows the classes of their own dataset. Run another paper's."
        )
    # And what they start from.
    names = {start.source for row in kept for start in row.start_from}
    names |= {row.name for row in kept}

    def moved(row):
        assumed = (f"the paper's recipe, on {source.name}",)
        return replace(
            row,
            reported={},
            dataset=source.name,
            recipe=replace(row.recipe, assumed=assumed),
        )

    tables = (
        replace(
            table,
            runs=protocol.folds or min(table.runs, RUNS),
            protocols=(protocol,),
            rows=tuple(moved(row) for row in table.rows if row.name in names),
            note=f"On {source.name}, not on the paper's images.",
        )
        for table in paper.tables
        if has_clean(table) and any(row.name in names for row in table.rows)
    )
    return replace(with_tables(paper, tables), dataset=source.name)
