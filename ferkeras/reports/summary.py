"""A paper's records, row by row, as statistics."""

from dataclasses import replace
from pathlib import Path

from ferkeras.dataset_sources import offered_as
from ferkeras.papers.paper import units
from ferkeras.reports.row_statistics import Line
from ferkeras.runs.record import (
    fingerprint,
    is_complete,
    read_json,
    read_record,
)


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
    at_hand = {offered_as(name) for name in datasets_recorded(paper, results)}
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
            offered_as(unit.row.dataset) in at_hand and not unit.row.published,
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
    lines = [
        replace(found[row.name, protocol.name], table=table)
        for table in paper.tables
        for row in table.rows
        for protocol in table.protocols
    ]
    return [
        replace(line, others=variances(line, lines)) if line.judged else line
        for line in lines
    ]


def once(lines):
    """Lines without those of rows that an earlier table has too."""
    found = {}
    for line in lines:
        found.setdefault((line.row.name, line.protocol.name), line)
    return list(found.values())


def variances(line, lines):
    """Variances of the other rows of the tables that a line's row stands in.

    Returns:
        A tuple of variances, each with its degrees of freedom.
    """
    tables = [x.table for x in lines if x.row == line.row]
    beside = {
        x.row.name: (x.variance, len(x.values) - 1)
        for x in lines
        if x.table in tables
        and (x.protocol, x.metric) == (line.protocol, line.metric)
        and x.row != line.row
    }
    return tuple(x for x in beside.values() if x[0] is not None)


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
