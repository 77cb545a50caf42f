"""Pictures of many lines of a table in one: a panel each."""

import math
import textwrap

from matplotlib.figure import Figure

from ferkeras.plots import draw_histories, draw_percents, save_chart
from ferkeras.scoring.metrics import percent_of_rows

LEGEND = "Dashed: training. Solid: what chooses the epoch. A colour a run."


def panels_of(count, columns, height, words=""):
    """A figure with a part for each of so many panels, in rows of `columns`.

    Args:
        count: number of panels.
        columns: the most in a row, on ten inches.
        height: of a row, in inches.
        words: heading.

    Returns:
        The figure and a list of its parts.
    """
    rows, wide = math.ceil(count / columns), min(count, columns)
    size = 10 / columns * wide, height * rows + 0.4 * bool(words)
    figure = Figure(figsize=size, dpi=90, layout="constrained")
    if words:
        figure.suptitle(textwrap.fill(words, 36 * wide), fontsize="x-small")
    parts = figure.subfigures(rows, wide, squeeze=False).ravel()
    return figure, list(parts[:count])


def all_curves_png(panels, path, metric="accuracy"):
    """Draw the learning curves of several lines, the score above the loss.

    Args:
        panels: dict of title -> histories, as of `draw_histories`.
        path: PNG file to write.
        metric: the score, a key of `SCORES`.
    """
    figure, parts = panels_of(len(panels), 4, 3, LEGEND)
    for part, (title, histories) in zip(parts, panels.items(), strict=True):
        part.suptitle(textwrap.fill(title, 36), fontsize="x-small")
        score, loss = part.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        draw_histories(score, loss, histories, metric)
        for axes in (score, loss):
            axes.tick_params(labelsize="x-small")
            axes.xaxis.label.set_size("x-small")
            axes.yaxis.label.set_size("x-small")
    save_chart(figure, path)


def all_confusions_png(panels, path):
    """Draw the confusion matrices of several lines.

    Args:
        panels: dict of title -> `(matrix, class names)`, as of
            `confusion_png`.
        path: PNG file to write.
    """
    figure, parts = panels_of(len(panels), 3, 3.4)
    for part, (title, (matrix, names)) in zip(
        parts, panels.items(), strict=True
    ):
        axes = part.subplots()
        share = percent_of_rows(matrix)
        draw_percents(axes, share, names, textwrap.fill(title, 44), 0, 7)
    save_chart(figure, path)
