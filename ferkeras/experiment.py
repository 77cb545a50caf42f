"""A paper's tables as data."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import partial

from keras import layers

from ferkeras.protocol import Protocol
from ferkeras.recipe import Recipe
from ferkeras.statements import Statement


def slug(name):
    """Folder name of a row: `"Base + Sobel"` becomes `"base-sobel"`."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def dotted(value):
    """Write a function, with the arguments of a partial, for a record."""
    if isinstance(value, tuple):
        return f"({', '.join(map(dotted, value))},)"
    if isinstance(value, partial):
        words = [dotted(argument) for argument in value.args]
        words += [f"{k}={dotted(v)}" for k, v in value.keywords.items()]
        return f"{dotted(value.func)}({', '.join(words)})"
    if not callable(value):
        return repr(value)
    # Where Keras keeps a class inside changes between versions.
    module = value.__module__
    module = "keras" if module.startswith("keras.") else module
    return f"{module}.{value.__qualname__}"


def settings(value):
    """A dataclass's fields, less those at their defaults.

    A field that is added later does not change old digests.
    """
    if isinstance(value, tuple):
        return [settings(each) for each in value]
    if not is_dataclass(value):
        return value
    return {
        field.name: settings(getattr(value, field.name))
        for field in fields(value)
        if getattr(value, field.name) != field.default
    }


# One group a channel: every image is standardised by its own pixels.
standardization = partial(
    layers.GroupNormalization, groups=-1, center=False, scale=False
)


@dataclass(frozen=True)
class Experiment:
    """One row of a table.

    Attributes:
        name: the row's words in the paper.
        model: `(input_shape, num_classes) -> keras.Model`.
        channels: names from `ferkeras.layers.CHANNELS`.
        reported: the printed numbers: `accuracy` in percent, and `min` and
            `max` over runs and `training`, the accuracy on the training
            images, where the paper gives them; empty for a row that the paper
            does not have.
        dataset: TFDS name, with its config.
        image_size: side in pixels of the square input.
        recipe: how it is trained.
        normalization: factory `(name=..., dtype=...) -> keras.Layer` of what
            brings the channels to the network's scale.
        keep_weights: whether the weights are written beside the record.
    """

    name: str
    model: Callable
    channels: tuple[str, ...]
    reported: Mapping[str, float]
    dataset: str
    image_size: int
    recipe: Recipe
    normalization: Callable = standardization
    keep_weights: bool = False

    def describe(self) -> dict:
        """Everything that decides the row's result, as JSON values."""
        description = {
            "model": dotted(self.model),
            "channels": list(self.channels),
            "dataset": self.dataset,
            "image_size": self.image_size,
            "batch_size": self.recipe.batch_size,
            "augment": dotted(self.recipe.augment),
            "phases": [
                {
                    "optimizer": dotted(phase.optimizer),
                    "epochs": phase.epochs,
                }
                for phase in self.recipe.phases
            ],
        }
        if self.normalization is not standardization:
            description["normalization"] = dotted(self.normalization)
        return description


@dataclass(frozen=True)
class Table:
    """Rows that are run alike.

    Attributes:
        name: the table's name in the paper, or what it is where it is ours.
        runs: how often each row is run, from different seeds.
        protocols: tuple of `Protocol`.
        rows: tuple of `Experiment`, in the paper's order.
        note: what was found, for the report.
    """

    name: str
    runs: int
    protocols: tuple[Protocol, ...]
    rows: tuple[Experiment, ...]
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """A picture of results that the paper shows.

    Attributes:
        name: `"Figure 5"`.
        kind: `"curves"`, the learning curves of the rows together, or
            `"confusion"`, the confusion matrix of one row.
        rows: names of the rows.
    """

    name: str
    kind: str
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Paper:
    """A paper's tables.

    Attributes:
        key: first author and year; also the script's and the folder's name.
        title: the paper's title.
        url: where the paper is found; empty where we do not know.
        tables: tuple of `Table`; no two rows of a paper have the same name.
        figures: tuple of `Figure`: the paper's pictures of results.
        statements: tuple of `Statement`: what it says of them in words.
    """

    key: str
    title: str
    url: str
    tables: tuple[Table, ...]
    figures: tuple[Figure, ...] = ()
    statements: tuple[Statement, ...] = ()

    @property
    def rows(self):
        """The rows of every table."""
        return [row for table in self.tables for row in table.rows]

    @property
    def protocols(self):
        """The protocols of every table, each once."""
        return list(
            dict.fromkeys(p for table in self.tables for p in table.protocols)
        )


@dataclass(frozen=True)
class Unit:
    """One run: a row of a table under a protocol, from one seed."""

    paper: Paper
    table: Table
    row: Experiment
    protocol: Protocol
    seed: int

    @property
    def folder(self) -> str:
        """Where its files lie below the results folder."""
        return f"{self.paper.key}/{self.protocol.name}/{slug(self.row.name)}"

    def __str__(self):
        return f"{self.row.name}, {self.protocol.name}, seed {self.seed}"

    @property
    def digest(self) -> str:
        """Hash of what decides the result; a changed recipe changes it."""
        protocol = settings(replace(self.protocol, note=""))
        text = json.dumps([self.row.describe(), protocol], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def units(paper, rows=(), protocols=(), runs=None):
    """List the paper's units, first seeds first.

    Args:
        paper: a `Paper`.
        rows: names of rows to keep; all of them when empty.
        protocols: names of protocols to keep; all of them when empty.
        runs: seeds a row; the table's own number when None.

    Returns:
        A list of `Unit`.

    Raises:
        ValueError: for a row or protocol the paper does not have, and for rows
            that have none of the protocols.
    """
    for kind, wanted, known in (
        ("row", rows, [row.name for row in paper.rows]),
        ("protocol", protocols, dict.fromkeys(p.name for p in paper.protocols)),
    ):
        for name in wanted:
            if name not in known:
                raise ValueError(
                    f"{paper.key} has no such {kind}; it has: "
                    f"{'; '.join(known)}. Received: {name!r}"
                )
    chosen = [
        Unit(paper, table, row, protocol, seed)
        for seed in range(runs or max(table.runs for table in paper.tables))
        for table in paper.tables
        if seed < (runs or table.runs)
        for row in table.rows
        if not rows or row.name in rows
        for protocol in table.protocols
        if not protocols or protocol.name in protocols
    ]
    if not chosen:
        raise ValueError(
            f"These rows of {paper.key} do not run under this protocol. "
            f"Received: {'; '.join(rows)} with {'; '.join(protocols)}"
        )
    return chosen
