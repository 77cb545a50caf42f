"""A paper's tables, and the runs that they ask for."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ferkeras.names import nearest
from ferkeras.papers.comparison import Comparison
from ferkeras.papers.descriptions import settings, slug
from ferkeras.papers.experiment import Experiment
from ferkeras.papers.protocol import Protocol
from ferkeras.papers.recipe import Recipe
from ferkeras.papers.statements import Statement


@dataclass(frozen=True)
class Table:
    """Rows that are run alike.

    Attributes:
        name: the table's name in the paper, or what it is where it is ours.
        runs: how often each row is run, from different seeds.
        protocols: tuple of `Protocol`.
        rows: tuple of `Experiment`, in the paper's order.
        note: what was found, for the report.
        demo: protocols of its demonstration on drawn files in the layout of
            its datasets, which the paper's `drawn` writes; where there are
            none, it is on drawn faces as they are.
        ours: whether its numbers are none of the paper's own, and not counted
            among them.
    """

    name: str
    runs: int
    protocols: tuple[Protocol, ...]
    rows: tuple[Experiment, ...]
    note: str = ""
    demo: tuple[Protocol, ...] = ()
    ours: bool = False


@dataclass(frozen=True)
class Figure:
    """A picture of results that the paper shows.

    Attributes:
        name: `"Figure 5"`.
        kind: `"curves"`, the learning curves of the rows together;
            `"confusion"`, the confusion matrix of one row; `"sizes"`, the
            accuracy of the rows on images of small originals, and what the
            others gain over the first; `"branches"`, the accuracy of each
            branch of one row, and of all together; `"branch_sizes"`, the same
            on images of small originals; or `"boxes"`, the accuracies of each
            row's runs.
        rows: names of the rows.
        classes: of a confusion matrix, the classes in the picture's order; the
            dataset's where empty.
        reported: the matrix that the paper prints, if it does, in percent,
            rows true, classes in that order.
    """

    name: str
    kind: str
    rows: tuple[str, ...]
    classes: tuple[str, ...] = ()
    reported: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True)
class LayerTable:
    """A table in which a paper counts the weights of a network.

    Attributes:
        name: the table's name in the paper.
        row: name of the row of the paper whose network it is; its layers are
            named `row1`, `row1_...` and so on.
        printed: the paper's number of weights in each row.
        total: the number it prints for all.
        note: what to know of both, for the report.
    """

    name: str
    row: str
    printed: tuple[int, ...]
    total: int
    note: str = ""


@dataclass(frozen=True)
class Demo:
    """How a paper is shown without its datasets, on drawn faces.

    Attributes:
        faces: name of the prepared dataset.
        size: side in pixels that they are resized to.
        recipe: `Recipe` that trains every row; None for the first phase of
            each row's own, in small batches, as there are few images.
        epochs: of that phase.
        network: arguments of the networks that take them, where a row does not
            give its own.
        rows: names of the rows that show the paper's idea; all where empty.
    """

    faces: str = "synthetic_faces/demo"
    size: int = 32
    recipe: Recipe | None = None
    epochs: int = 4
    network: Mapping[str, object] = field(default_factory=dict)
    rows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Paper:
    """A paper's tables.

    Attributes:
        key: first author and year; also the script's and the folder's name.
        title: the paper's title.
        url: where the paper is found; empty where we do not know.
        tables: tuple of `Table`; a name is that of one row, which several of
            them may have; under a protocol that several give it, it is run
            once.
        layer_tables: tuple of `LayerTable`.
        classes: of the networks whose parameters the paper prints.
        figures: tuple of `Figure`: the paper's pictures of results.
        statements: tuple of `Statement`: what it says of them in words.
        comparisons: tuple of `Comparison`: which rows should be above which.
        demo: its `Demo`.
        drawn: for names of datasets, `folder -> None`, which writes a small
            one of drawn faces as the publisher lays it out.
        dataset: name of the one that its rows were moved to; empty for the
            paper as it is.
    """

    key: str
    title: str
    url: str
    tables: tuple[Table, ...]
    layer_tables: tuple[LayerTable, ...] = ()
    classes: int = 0
    figures: tuple[Figure, ...] = ()
    statements: tuple[Statement, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    demo: Demo = Demo()
    drawn: Mapping[str, Callable] = field(default_factory=dict)
    dataset: str = ""

    @property
    def rows(self) -> list[Experiment]:
        """The rows of every table, each once."""
        rows = (row for table in self.tables for row in table.rows)
        return list({row.name: row for row in rows}.values())

    @property
    def protocols(self) -> list[Protocol]:
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

    @property
    def stages(self) -> list["Unit"]:
        """The units of the paper whose weights this one starts from.

        They are of the same protocol and seed, where their table has them;
        else of its first protocol, and of seeds that are used in turn.
        """
        wanted = {start.source for start in self.row.start_from}
        found = []
        for table in self.paper.tables:
            for row in table.rows:
                if row.name in wanted:
                    same = [p for p in table.protocols if p == self.protocol]
                    protocol = (*same, *table.protocols)[0]
                    seed = self.seed % table.runs
                    found.append(Unit(self.paper, table, row, protocol, seed))
        return found

    def __str__(self) -> str:
        return f"{self.row.name}, {self.protocol.name}, seed {self.seed}"

    @property
    def digest(self) -> str:
        """Hash of what decides the result; a changed recipe changes it."""
        protocol = settings(self.protocol.images)
        text = json.dumps([self.row.describe(), protocol], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def units(
    paper: Paper,
    rows: Sequence[str] = (),
    protocols: Sequence[str] = (),
    runs: int | None = None,
) -> list[Unit]:
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
                    f"{paper.key} has no {kind} {name!r}; "
                    f"{nearest(name, known)}."
                )
    chosen = (
        Unit(paper, table, row, protocol, seed)
        for seed in range(runs or max(table.runs for table in paper.tables))
        for table in paper.tables
        if seed < (runs or table.runs)
        for row in table.rows
        if not rows or row.name in rows
        for protocol in table.protocols
        if not protocols or protocol.name in protocols
    )
    # A row of several tables is the first one's.
    once: dict[tuple[str, int], Unit] = {}
    for unit in chosen:
        once.setdefault((unit.folder, unit.seed), unit)
    if not once:
        raise ValueError(
            f"These rows of {paper.key} do not run under this protocol. "
            f"Received: {'; '.join(rows)} with {'; '.join(protocols)}"
        )
    return list(once.values())
