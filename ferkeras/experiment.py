"""A paper's tables as data."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial

from ferkeras.protocol import Protocol
from ferkeras.recipe import Recipe


def slug(name):
    """Folder name of a row: `"Base + Sobel"` becomes `"base-sobel"`."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def dotted(function):
    """Name a function, or a partial of one with its arguments, for a record."""
    if isinstance(function, partial):
        words = [repr(a) for a in function.args]
        words += [f"{k}={v!r}" for k, v in function.keywords.items()]
        return f"{dotted(function.func)}({', '.join(words)})"
    # Where Keras keeps a class inside changes between versions.
    module = function.__module__
    module = "keras" if module.startswith("keras.") else module
    return f"{module}.{function.__qualname__}"


@dataclass(frozen=True)
class Experiment:
    """One row of a table.

    Attributes:
        name: the row's words in the paper.
        model: `(input_shape, num_classes) -> keras.Model`.
        channels: names from `ferkeras.layers.CHANNELS`.
        reported: the printed numbers: `accuracy` in percent, and `min` and
            `max` over runs where the paper gives them.
        table: the table's name in the paper.
        dataset: TFDS name, with its config.
        image_size: side in pixels of the square input.
        recipe: how it is trained.
    """

    name: str
    model: Callable
    channels: tuple[str, ...]
    reported: Mapping[str, float]
    table: str
    dataset: str
    image_size: int
    recipe: Recipe

    def describe(self) -> dict:
        """Everything that decides the row's result, as JSON values."""
        return {
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


@dataclass(frozen=True)
class Paper:
    """A paper: its rows, and the protocols each of them runs under.

    Attributes:
        key: first author and year; also the script's and the folder's name.
        title: the paper's title.
        url: where the paper is found.
        runs: how often the paper ran each row.
        protocols: tuple of `Protocol`.
        rows: tuple of `Experiment`, in the paper's order.
    """

    key: str
    title: str
    url: str
    runs: int
    protocols: tuple[Protocol, ...]
    rows: tuple[Experiment, ...]


@dataclass(frozen=True)
class Unit:
    """One run: a row of a paper under a protocol, from one seed."""

    paper: Paper
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
        protocol = asdict(self.protocol) | {"note": ""}
        text = json.dumps([self.row.describe(), protocol], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def units(paper, rows=(), protocols=(), runs=None):
    """List the paper's units, first seeds first.

    Args:
        paper: a `Paper`.
        rows: names of rows to keep; all of them when empty.
        protocols: names of protocols to keep; all of them when empty.
        runs: seeds a row; the paper's own number when None.

    Returns:
        A list of `Unit`.

    Raises:
        ValueError: for a row or protocol the paper does not have.
    """
    for kind, wanted, known in (
        ("row", rows, [row.name for row in paper.rows]),
        ("protocol", protocols, [p.name for p in paper.protocols]),
    ):
        for name in wanted:
            if name not in known:
                raise ValueError(
                    f"{paper.key} has no such {kind}; it has: "
                    f"{'; '.join(known)}. Received: {name!r}"
                )
    return [
        Unit(paper, row, protocol, seed)
        for seed in range(paper.runs if runs is None else runs)
        for row in paper.rows
        if not rows or row.name in rows
        for protocol in paper.protocols
        if not protocols or protocol.name in protocols
    ]
