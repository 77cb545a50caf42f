"""The pictures of a report: what each shows, where it lies, how it is drawn."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ferkeras import plots
from ferkeras.experiment import slug
from ferkeras.record import path_of, read_confusion
from ferkeras.snapshot import read_csv
from ferkeras.summary import synthetic


class Picture(NamedTuple):
    """A picture of recorded results.

    Attributes:
        alt: what it shows.
        path: file, relative to the folder of results.
        draw: `path -> None`, writes the PNG.
    """

    alt: str
    path: str
    draw: Callable

    @property
    def markdown(self):
        """Markdown that shows it."""
        return f"![{self.alt}]({self.path})\n"

    def write(self, results):
        """Draw it below the folder of results."""
        path = Path(results) / self.path
        path.parent.mkdir(parents=True, exist_ok=True)
        self.draw(path)


def heading(name, line):
    """Title of a picture of a line."""
    drawn = " (synthetic faces)" if synthetic([line]) else ""
    return f"{name}, {line.protocol.name}{drawn}"


def confusion(line):
    """Confusion matrix in images, summed over a line's complete runs."""
    return sum(
        read_confusion(path_of(line.results, unit, ".confusion.csv"))
        for unit, _ in line.complete
    )


def draw_confusion(line, path):
    """Draw the confusion matrix of a line with complete runs."""
    class_names = line.complete[0][1]["dataset"]["class_names"]
    title = f"{heading(line.row.name, line)}, runs: {len(line.complete)}"
    plots.confusion_png(confusion(line), class_names, title, path)


def draw_curves(runs, title, path):
    """Draw learning curves.

    Args:
        runs: dict of label -> `(Line, Unit)`.
        title: heading.
        path: PNG file to write.
    """
    histories = {
        label: read_csv(path_of(line.results, unit, ".history.csv"))
        for label, (line, unit) in runs.items()
    }
    (metric,) = {line.metric for line, _ in runs.values()}
    plots.curves_png(histories, title, path, metric)


def of_line(line):
    """Pictures of a line: none without complete runs."""
    if not line.complete:
        return []
    folder, name = line.complete[0][0].folder, heading(line.row.name, line)
    runs = {f"seed {unit.seed}": (line, unit) for unit, _ in line.complete}
    curves = Picture(
        f"Learning curves of {name}",
        f"{folder}/curves.png",
        partial(draw_curves, runs, name),
    )
    if not line.row.task.classifies:
        return [curves]
    matrix = Picture(
        f"Confusion matrix of {name}",
        f"{folder}/confusion.png",
        partial(draw_confusion, line),
    )
    return [matrix, curves]


def of_figure(figure, lines):
    """Pictures of a `Figure`: one a protocol that has complete runs.

    Args:
        figure: the paper's `Figure`.
        lines: every `Line` of the paper.
    """
    there = [x for x in lines if x.row.name in figure.rows and x.complete]
    pictures = []
    for protocol in dict.fromkeys(line.protocol for line in there):
        part = [line for line in there if line.protocol == protocol]
        name = heading(figure.name, part[0])
        # Of each row, the curve of its first run.
        runs = {x.row.name: (x, x.complete[0][0]) for x in part}
        draw = {
            "confusion": partial(draw_confusion, part[0]),
            "curves": partial(draw_curves, runs, name),
        }[figure.kind]
        shown = ", ".join(line.row.name for line in part)
        path = f"{part[0].paper.key}/{protocol.name}/{slug(figure.name)}.png"
        pictures.append(Picture(f"{name}: {shown}", path, draw))
    return pictures
