"""The pictures of a report: what each shows, where it lies, how it is drawn."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ferkeras import plots
from ferkeras.papers.descriptions import slug
from ferkeras.reports import panels
from ferkeras.reports.row_statistics import synthetic
from ferkeras.runs.predictions import at_epoch, confusion
from ferkeras.runs.record import path_of
from ferkeras.runs.run_folder import read_history

# Of `accuracies_by_size`: pixels, and images too few to have an accuracy.
LARGEST, TOO_FEW = 100, 20


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

    def write(self, results):
        """Draw it below the folder of results."""
        path = Path(results) / self.path
        path.parent.mkdir(parents=True, exist_ok=True)
        self.draw(path)


def heading(name, line):
    """Title of a picture of a line."""
    drawn = " (synthetic faces)" if synthetic([line]) else ""
    return f"{name}, {line.protocol.name}{drawn}"


def draw_confusion(line, path, classes=(), reported=()):
    """Draw the confusion matrix of a line with complete runs.

    Args:
        line: `Line`.
        path: PNG file to write.
        classes: names in the picture's order; the dataset's where empty.
        reported: the paper's matrix, as in `ferkeras.papers.paper.Figure`.

    Raises:
        ValueError: where these are not the dataset's classes.
    """
    class_names = line.complete[0][1]["dataset"]["class_names"]
    classes = classes or class_names
    if sorted(classes) != sorted(class_names):
        raise ValueError(
            f"`classes` of a figure of {line.row.name!r} must be, in any "
            f"order, {', '.join(class_names)}. Received: classes={classes!r}"
        )
    order = [class_names.index(name) for name in classes]
    matrix = confusion(line)[np.ix_(order, order)]
    title = f"{heading(line.row.name, line)}{at_epoch(line)}"
    title += f", runs: {len(line.complete)}"
    plots.confusion_png(matrix, classes, title, path, reported)


def draw_curves(runs, title, path):
    """Draw learning curves.

    Args:
        runs: dict of label -> `(Line, Unit)`.
        title: heading.
        path: PNG file to write.
    """
    histories = {
        label: read_history(path_of(line.results, unit, ".history.csv"))
        for label, (line, unit) in runs.items()
    }
    (metric,) = {line.metric for line, _ in runs.values()}
    plots.curves_png(histories, title, path, metric)


def accuracies_by_size(line):
    """Accuracies on the images of small originals, over a line's complete runs.

    Returns:
        dict of each branch of the row, and of `"all"` together, to a dict from
        a size in pixels, `LARGEST` at most, to the accuracy in percent on all
        images whose original is no larger by the mean of its sides, if they
        are more than `TOO_FEW`; without sizes, all of these are empty.

    Reference: Vo et al., 2020, Figures 7 and 9; the former leaves out its
    first 20 points.
    """
    runs, names = [], [*line.row.branches, "all"]
    for unit, _ in line.complete:
        with np.load(path_of(line.results, unit, ".probabilities.npz")) as file:
            if "size" not in file:
                return {name: {} for name in names}
            sizes = file["size"]
            right = file["probabilities"].argmax(-1) == file["label"]
            alone = [file["branches"]] if line.row.branches else []
            runs.append(np.column_stack([*alone, right]))
    up_to = {
        side: (sizes > 0) & (sizes <= side) for side in range(1, LARGEST + 1)
    }
    share = np.mean(runs, axis=0)  # (count, branches and all)
    return {
        name: {
            side: 100 * column[small].mean()
            for side, small in up_to.items()
            if small.sum() > TOO_FEW
        }
        for name, column in zip(names, share.T, strict=True)
    }


def draw_sizes(lines, title, path):
    """Draw the accuracy of lines on images of small originals."""
    curves = {line.row.name: accuracies_by_size(line)["all"] for line in lines}
    plots.sizes_png(curves, title, path)


def draw_branch_sizes(line, title, path):
    """Draw the accuracy of a line's branches on images of small originals."""
    plots.sizes_png(accuracies_by_size(line), title, path)


def draw_branches(line, title, path):
    """Draw the mean accuracy of each branch, and of all together."""
    entries = [entry["scores"] for _, entry in line.complete]
    bars = {
        name: np.mean([scores["branches"][name] for scores in entries])
        for name in line.row.branches
    }
    plots.bars_png(bars | {"all": line.mean}, title, path)


def draw_boxes(lines, title, path):
    """Draw the accuracies of the runs of lines."""
    plots.boxes_png({x.row.name: x.values for x in lines}, title, path)


def of_table(table, lines):
    """Pictures of a table: the learning curves, and the confusion matrices.

    Args:
        table: a `Table`.
        lines: list of the `Line`s to show, of which those without complete
            runs are passed over.
    """
    folder = Path(lines[0].paper.key) if lines else None
    complete = {
        heading(line.row.name, line): line for line in lines if line.complete
    }
    # One epoch makes no curve.
    trained = {k: x for k, x in complete.items() if x.row.recipe.epochs > 1}
    sorted_out = {k: x for k, x in complete.items() if x.row.task.classifies}
    return [
        Picture(
            f"{words} of {table.name}",
            f"{folder}/{slug(table.name)}-{name}.png",
            partial(draw, shown),
        )
        for words, name, draw, shown in (
            ("Learning curves", "curves", draw_all_curves, trained),
            ("Confusion matrices", "confusion", draw_matrices, sorted_out),
        )
        if shown
    ]


def draw_all_curves(lines, path):
    """Draw the learning curves of all runs of lines.

    Args:
        lines: dict of title -> `Line`, all with one metric.
        path: PNG file to write.
    """
    shown = {
        title: {
            f"seed {unit.seed}": history
            for (unit, _), (_, history) in zip(
                line.complete, line.with_histories, strict=True
            )
        }
        for title, line in lines.items()
    }
    (metric,) = {line.metric for line in lines.values()}
    panels.all_curves_png(shown, path, metric)


def draw_matrices(lines, path):
    """Draw the confusion matrices of lines, summed over runs.

    Args:
        lines: dict of title -> `Line`.
        path: PNG file to write.
    """
    shown = {
        f"{title}{at_epoch(line)}, runs: {len(line.complete)}": (
            confusion(line),
            line.complete[0][1]["dataset"]["class_names"],
        )
        for title, line in lines.items()
    }
    panels.all_confusions_png(shown, path)


def of_figure(figure, lines):
    """Pictures of a `Figure`: one for each name of protocols that have it.

    Args:
        figure: the paper's `Figure`.
        lines: every `Line` of the paper.
    """
    there = [x for x in lines if x.row.name in figure.rows and x.complete]
    if figure.kind in ("sizes", "branch_sizes"):
        there = [line for line in there if accuracies_by_size(line)["all"]]
    pictures = []
    for protocol in dict.fromkeys(line.protocol.name for line in there):
        part = [line for line in there if line.protocol.name == protocol]
        name = heading(figure.name, part[0])
        # Of each row, the curve of its first run.
        runs = {x.row.name: (x, x.complete[0][0]) for x in part}
        draw = {
            "confusion": partial(
                draw_confusion,
                part[0],
                classes=figure.classes,
                reported=figure.reported,
            ),
            "curves": partial(draw_curves, runs, name),
            "sizes": partial(draw_sizes, part, name),
            "branches": partial(draw_branches, part[0], name),
            "branch_sizes": partial(draw_branch_sizes, part[0], name),
            "boxes": partial(draw_boxes, part, name),
        }[figure.kind]
        shown = ", ".join(line.row.name for line in part)
        path = f"{part[0].paper.key}/{protocol}/{slug(figure.name)}.png"
        pictures.append(Picture(f"{name}: {shown}", path, draw))
    return pictures
