"""What is counted of networks, kept in `results/costs.csv` as it takes long."""

import csv
import io
from pathlib import Path

from ferkeras.files import write_whole
from ferkeras.papers.descriptions import dotted
from ferkeras.runs.operations import Operations, count_operations

# Of the last layer, whose size hardly matters; datasets that are not here do
# not tell theirs.
NUM_CLASSES = 8
HEAD = ["network", "channels", "image_size", "frozen", *Operations._fields]


def networks_of(row):
    """What decides the operations of each phase, as the file has it.

    Args:
        row: `Experiment`.

    Returns:
        A list of `(network, channels, image_size, frozen)`, str.
    """
    network, channels = dotted(row.model), str(len(row.channels))
    return [
        (
            network,
            channels,
            str(phase.image_size or row.image_size),
            phase.frozen,
        )
        for phase in row.recipe.phases
    ]


def costs_file(results):
    """File of the costs, in a folder of results."""
    return Path(results) / "costs.csv"


def read_costs(results):
    """Read what `write_costs` wrote.

    Args:
        results: folder of results.

    Returns:
        dict of a network, as of `networks_of`, to its `Operations`; empty
        without such a file.
    """
    path = costs_file(results)
    if not path.exists():
        return {}
    _, *lines = csv.reader(path.read_text().splitlines())
    return {tuple(line[:4]): Operations(*map(int, line[4:])) for line in lines}


def count_networks(row, costs):
    """Count what is not counted yet of a row's networks.

    Args:
        row: `Experiment`.
        costs: dict as `read_costs` returns it, which is added to.
    """
    outputs = (NUM_CLASSES,) if row.task.classifies else ()

    def network(shape):
        return row.model(shape, *outputs)

    for key in networks_of(row):
        _, channels, side, frozen = key
        if key not in costs:
            shape = int(side), int(side), int(channels)
            costs[key] = count_operations(network, shape, frozen)


def write_costs(papers, results):
    """Count what is not counted yet, of every row's networks, and write it.

    A network whose code has changed under its name is counted anew once its
    lines, or the file, are deleted.

    Args:
        papers: list of `Paper`.
        results: folder of results.

    Returns:
        `pathlib.Path` of the file.
    """
    known, lines = read_costs(results), {}
    for row in (row for paper in papers for row in paper.rows):
        count_networks(row, known)
        lines |= {key: known[key] for key in networks_of(row)}
    text = io.StringIO()
    write = csv.writer(text, lineterminator="\n").writerows
    write([HEAD, *((*key, *numbers) for key, numbers in lines.items())])
    path = costs_file(results)
    write_whole(path, text.getvalue())
    return path
