"""A paper's records, row by row, as statistics."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from ferkeras.comparisons import interval, mcnemar, paired
from ferkeras.experiment import Experiment
from ferkeras.paper import Paper, Table, Unit, units
from ferkeras.protocol import Protocol
from ferkeras.record import (
    is_complete,
    path_of,
    read_json,
    read_record,
)
from ferkeras.snapshot import read_csv

# How far, in points or decibels, a mean may be from a number it reproduces.
CLOSE = 1


@dataclass(frozen=True)
class Line:
    """A row under a protocol, and what was recorded of it.

    Attributes:
        paper: the `Paper`.
        results: the folder of results.
        table: the `Table`.
        row: the `Experiment`.
        protocol: the `Protocol`.
        complete: `(Unit, record)` of each run that trained to its end.
        cut_short: the same of each run that was stopped before.
        has_data: whether a record of the paper is on the row's dataset, and
            the row needs nothing else, so that runs that are missing wait only
            for their turn.
    """

    paper: Paper
    results: Path
    table: Table
    row: Experiment
    protocol: Protocol
    complete: list[tuple[Unit, dict]]
    cut_short: list[tuple[Unit, dict]]
    has_data: bool

    @property
    def metric(self):
        """Name of the score that the row is judged by."""
        return self.row.task.metric

    @property
    def values(self):
        """Test scores, accuracy in percent, one a complete run."""
        return self.scores(self.metric)

    def scores(self, name):
        """One of the scores, one a complete run."""
        return [entry["scores"][name] for _, entry in self.complete]

    @property
    def by_seed(self):
        """`values`, a dict by the runs' seeds."""
        seeds = [unit.seed for unit, _ in self.complete]
        return dict(zip(seeds, self.values, strict=True))

    @cached_property
    def answers(self):
        """Of each complete run, by its seed: images, and which it has right.

        Empty where no predictions were kept.
        """
        found = {}
        for unit, _ in self.complete:
            path = path_of(self.results, unit, ".probabilities.npz")
            if path.exists():
                with np.load(path) as file:
                    right = file["probabilities"].argmax(-1) == file["label"]
                    found[unit.seed] = file["row"].tolist(), right
        return found

    @property
    def of_epochs(self):
        """The score at the chosen epoch and at the last, means over runs.

        Returns:
            `(2, 2)`, of complete runs: on the images that choose the epoch,
            and on the training images as training goes, with dropout and
            augmentation.
        """
        runs = []
        for unit, entry in self.complete:
            history = read_csv(path_of(self.results, unit, ".history.csv"))
            ends = history[entry["epochs"]["best"] - 1], history[-1]
            keys = f"val_{self.metric}", self.metric
            runs.append([[epoch[key] for epoch in ends] for key in keys])
        return self.row.task.scale * np.mean(runs, axis=0)

    @property
    def mean(self):
        """Mean of `values`, or None."""
        return float(np.mean(self.values)) if self.values else None

    @property
    def sd(self):
        """Standard deviation over runs (n - 1), or None below two runs."""
        if len(self.values) < 2:
            return None
        return float(np.std(self.values, ddof=1))

    @property
    def interval(self):
        """95 % interval of the mean by Student's t over runs, or None."""
        return interval(self.values, self.protocol.overlap)

    @property
    def verdict(self):
        """What became of the paper's number, by the runs that there are.

        `reproduced`, where it lies in the 95 % interval of all the table's
        runs or within `CLOSE` of the mean of those there are; else `exceeded`
        or `not reproduced`; before any run, the `status`. Empty without such a
        number, and for drawn faces.
        """
        number = self.row.reported.get(self.metric)
        if number is None or synthetic([self]):
            return ""
        if not self.values:
            return self.status()
        # Of two runs, the interval would hold almost any number.
        whole = len(self.values) >= self.table.runs and self.interval
        low, high = whole or (self.mean, self.mean)
        if low <= number <= high or abs(self.mean - number) <= CLOSE:
            return "reproduced"
        return "exceeded" if self.mean > number else "not reproduced"

    def status(self, has_data=False):
        """One of `recorded`, `waiting`, `incomplete` and `not run`.

        Args:
            has_data: whether what the row needs is here.
        """
        if len(self.complete) >= self.table.runs:
            return "recorded"
        if self.complete:
            return "waiting"
        if self.cut_short:
            return "incomplete"
        return "waiting" if has_data or self.has_data else "not run"

    def as_json(self, has_data):
        """The line as `python -m reproductions --json` prints it."""
        return {
            "paper": self.paper.key,
            "table": self.table.name,
            "row": self.row.name,
            "dataset": self.row.dataset,
            "protocol": self.protocol.name,
            "metric": self.metric,
            "reported": self.row.reported.get(self.metric),
            "mean": self.mean,
            "sd": self.sd,
            "runs": len(self.values),
            "status": self.status(has_data),
            "verdict": self.verdict,
        }


def summarise(paper, results):
    """Read a paper's records.

    Args:
        paper: a `Paper`.
        results: folder of results.

    Returns:
        A list of `Line`, rows in the paper's order, protocols within them.

    Raises:
        ValueError: where runs of one row were made on different images.
    """
    found = {}
    datasets = datasets_recorded(paper, results)
    for unit in units(paper, runs=seeds_recorded(paper, results)):
        key = unit.row.name, unit.protocol.name
        line = Line(
            paper,
            results,
            unit.table,
            unit.row,
            unit.protocol,
            [],
            [],
            unit.row.dataset in datasets and not unit.row.published,
        )
        line = found.setdefault(key, line)
        entry = read_record(results, unit)
        if is_complete(entry):
            line.complete.append((unit, entry))
        elif entry:
            line.cut_short.append((unit, entry))
    for line in found.values():
        prints = [fingerprint(entry) for _, entry in line.complete]
        if any(other != prints[0] for other in prints):
            raise ValueError(
                f"{line.complete[0][0].folder} holds runs on different images: "
                "their dataset fingerprints differ. Remove the outdated ones."
            )
    return [
        replace(found[row.name, protocol.name], table=table)
        for table in paper.tables
        for row in table.rows
        for protocol in table.protocols
    ]


def once(lines):
    """Lines without those of rows that an earlier table has too."""
    found = {}
    for line in lines:
        found.setdefault((line.row.name, line.protocol.name), line)
    return list(found.values())


def difference(line, than):
    """How far a row is above another one of the same protocol.

    Args:
        line: `Line`.
        than: `Line` of the row that it is compared with.

    Returns:
        `ferkeras.comparisons.Difference`, or None where no seed is common.
    """
    found = paired(line.by_seed, than.by_seed, line.protocol.overlap)
    if found is None:
        return None
    ours, others = line.answers, than.answers
    chances = tuple(
        mcnemar(ours[seed][1], others[seed][1])
        for seed in sorted({*ours} & {*others})
        if ours[seed][0] == others[seed][0]
    )
    numbers = [x.row.reported.get(x.metric) for x in (line, than)]
    reported = None if None in numbers else numbers[0] - numbers[1]
    return found._replace(reported=reported, chances=chances)


def fingerprint(entry):
    """Of the images that all runs of a row share."""
    dataset = entry["dataset"]
    return dataset.get("published", dataset["fingerprint"])


def synthetic(lines):
    """Whether any record of these lines is of drawn faces."""
    return any(
        entry["dataset"]["synthetic"]
        for line in lines
        for _, entry in line.complete + line.cut_short
    )


def datasets_recorded(paper, results):
    """Names of the datasets that the paper's records are on."""
    files = (Path(results) / paper.key).glob("*/*/seed*.json")
    return {read_json(file)["dataset"]["name"] for file in files}


def seeds_recorded(paper, results):
    """Number of seeds to look for: the tables' runs, or more if recorded."""
    files = (Path(results) / paper.key).glob("*/*/seed*.json")
    seeds = [int(file.stem.removeprefix("seed")) for file in files]
    runs = [table.runs for table in paper.tables]
    return max([*runs, *(seed + 1 for seed in seeds)])
