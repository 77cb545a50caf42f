"""Pictures of results, of filters and of images."""

import io
import math

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from PIL import Image

from ferkeras.files import write_whole
from ferkeras.scoring.metrics import percent_of_rows

COLOURS = 64


def save_chart(figure, path):
    """Write a chart, whose few colours take a third of the bytes as a palette.

    Pictures that show images are written as they are.
    """
    buffer, smaller = io.BytesIO(), io.BytesIO()
    figure.savefig(buffer)
    with Image.open(buffer) as image:
        few = image.convert("RGB").quantize(COLOURS)
    few.save(smaller, "PNG", optimize=True)
    write_whole(path, smaller.getvalue())


def draw_percents(axes, share, class_names, title, digits, size=None):
    """Draw a confusion matrix in percent of the true class, shaded by it.

    Args:
        axes: where.
        share: `(classes, classes)`, in percent.
        class_names: names in label order.
        title: heading.
        digits: decimals.
        size: of the letters, in points; Matplotlib's own when None.
    """
    axes.imshow(share, cmap="Blues", vmin=0, vmax=100)
    ticks = range(len(class_names))
    axes.set_xticks(ticks, class_names, rotation=40, ha="right", size=size)
    axes.set_yticks(ticks, class_names, size=size)
    axes.set_xlabel("predicted", size=size)
    axes.set_ylabel("true (percent of row)", size=size)
    axes.set_title(title, size=size)
    for row, column in np.ndindex(*share.shape):
        axes.text(
            column,
            row,
            f"{share[row, column]:.{digits}f}",
            ha="center",
            va="center",
            size=size,
            color="white" if share[row, column] > 55 else "black",
        )


def confusion_png(matrix, class_names, title, path, reported=()):
    """Draw a confusion matrix in images, shaded by percent of the true class.

    Args:
        matrix: int `(classes, classes)`, rows true; several runs may be summed.
        class_names: names in label order.
        title: heading.
        path: PNG file to write.
        reported: a paper's matrix in percent, which is drawn beside it, both
            with its two decimals.
    """
    share = percent_of_rows(matrix)
    panels = {title: share}
    if len(reported):
        panels["the paper's"] = np.array(reported)
    size = 6.4 * len(panels), 5.8
    figure = Figure(figsize=size, dpi=110, layout="constrained")
    digits = 2 if len(reported) else 0
    all_axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for axes, (words, values) in zip(all_axes, panels.items(), strict=True):
        draw_percents(axes, values, class_names, words, digits)
    save_chart(figure, path)


SCORES = {"accuracy": ("accuracy (%)", 100), "psnr": ("PSNR (dB)", 1)}


def draw_histories(score, loss, histories, metric):
    """Draw a score and the loss over the epochs, one colour a run.

    Args:
        score, loss: axes.
        histories: dict of label -> list of epochs, each a dict with the
            metric and `loss`, and both again after `val_`.
        metric: the score, a key of `SCORES`.
    """
    words, scale = SCORES[metric]
    colours = matplotlib.colormaps["tab10"].colors
    for index, (label, history) in enumerate(histories.items()):
        epochs = range(1, len(history) + 1)
        colour = colours[index % len(colours)]
        for axes, key, factor in ((score, metric, scale), (loss, "loss", 1)):
            for prefix, style in (("", "--"), ("val_", "-")):
                values = [factor * epoch[prefix + key] for epoch in history]
                axes.plot(
                    epochs,
                    values,
                    style,
                    color=colour,
                    linewidth=1.2,
                    marker="." if len(history) < 10 else "",
                    label=None if prefix == "" else label,
                )
    for axes in (score, loss):
        axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    score.set(ylabel=words)
    loss.set(xlabel="epoch", ylabel="loss")


def curves_png(histories, title, path, metric="accuracy"):
    """Draw learning curves: a score beside the loss.

    Args:
        histories: as of `draw_histories`.
        title: heading.
        path: PNG file to write.
        metric: the score, a key of `SCORES`.
    """
    figure = Figure(figsize=(10, 4), dpi=110, layout="constrained")
    figure.suptitle(title)
    left, right = figure.subplots(1, 2)
    draw_histories(left, right, histories, metric)
    left.set(xlabel="epoch")
    right.legend(title="dashed: training\nsolid: selection", fontsize="small")
    save_chart(figure, path)


def sizes_png(curves, title, path):
    """Draw accuracies against the size of images, and their differences.

    Args:
        curves: dict of label -> dict from size in pixels to accuracy in
            percent; beside them is drawn what the others have over the first.
        title: heading.
        path: PNG file to write.
    """
    figure = Figure(figsize=(10, 4), dpi=110, layout="constrained")
    figure.suptitle(title)
    left, right = figure.subplots(1, 2)
    first = next(iter(curves.values()))
    for label, curve in curves.items():
        sizes = [size for size in curve if size in first]
        left.plot(list(curve), list(curve.values()), label=label)
        right.plot(sizes, [curve[size] - first[size] for size in sizes])
    left.set(ylabel="accuracy (%)")
    left.legend(fontsize="small")
    right.set(ylabel=f"gain over {next(iter(curves))} (points)")
    for axes in (left, right):
        axes.set(xlabel="mean side of the original, up to (pixels)")
    save_chart(figure, path)


def bars_png(accuracies, title, path):
    """Draw accuracies as bars.

    Args:
        accuracies: dict of label -> accuracy in percent.
        title: heading.
        path: PNG file to write.
    """
    figure = Figure(figsize=(6.4, 4.8), dpi=110, layout="constrained")
    axes = figure.subplots()
    bars = axes.bar(list(accuracies), list(accuracies.values()))
    axes.bar_label(bars, fmt="%.2f")
    axes.set(ylabel="accuracy (%)", title=title)
    save_chart(figure, path)


def boxes_png(accuracies, title, path):
    """Draw accuracies of several runs as boxes: quartiles, median, extremes.

    Args:
        accuracies: dict of label -> list of accuracies in percent.
        title: heading.
        path: PNG file to write.
    """
    figure = Figure(figsize=(10, 4.8), dpi=110, layout="constrained")
    axes = figure.subplots()
    # Whiskers reach to the extremes: of few runs, none is an outlier.
    axes.boxplot(list(accuracies.values()), whis=(0, 100))
    places = range(1, len(accuracies) + 1)
    axes.set_xticks(places, accuracies, rotation=40, ha="right")
    axes.set(ylabel="accuracy (%)", title=title)
    save_chart(figure, path)


def filters_png(kernels, title, path):
    """Draw the filters of a first convolution, each scaled to its own range.

    Trained filters show edges, bars and patches of colour, fresh ones noise.

    Args:
        kernels: `(height, width, channels, count)`; three channels are drawn as
            red, green and blue, one as grey.
        title: heading.
        path: PNG file to write.

    Raises:
        ValueError: for another shape.
    """
    kernels = np.asarray(kernels, np.float32)
    if kernels.ndim != 4 or kernels.shape[2] not in (1, 3):
        raise ValueError(
            "`kernels` takes (height, width, channels, count) with 1 or 3 "
            f"channels. Received: shape {kernels.shape}"
        )
    height, width, _, count = kernels.shape
    low, high = (
        end(kernels, axis=(0, 1, 2), keepdims=True) for end in (np.min, np.max)
    )
    # A filter of one value is black.
    tiles = (kernels - low) / np.where(high > low, high - low, 1)
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    # White, with a pixel between tiles.
    canvas = np.ones((rows * (height + 1) - 1, columns * (width + 1) - 1, 3))
    for index in range(count):
        row, column = divmod(index, columns)
        top, left = row * (height + 1), column * (width + 1)
        canvas[top : top + height, left : left + width] = tiles[..., index]
    figure = Figure(figsize=(6, 6.4), dpi=110, layout="constrained")
    axes = figure.subplots()
    axes.imshow(canvas, interpolation="nearest")
    axes.set_title(title)
    axes.set_axis_off()
    figure.savefig(path, metadata={"Software": None})


def images_png(rows, title, path):
    """Draw rows of images, the first above the others.

    Args:
        rows: dict of what a row shows -> float `(count, height, width, 1 or
            3)`, 0 to 1.
        title: heading.
        path: PNG file to write.
    """
    count = len(next(iter(rows.values())))
    figure = Figure(
        figsize=(1.4 * count, 1.5 * len(rows) + 0.6),
        dpi=110,
        layout="constrained",
    )
    figure.suptitle(title)
    grid = figure.subplots(len(rows), count, squeeze=False)
    for line, (name, images) in zip(grid, rows.items(), strict=True):
        line[0].set_ylabel(name)
        for axes, image in zip(line, images, strict=True):
            axes.imshow(
                np.clip(image.squeeze(), 0, 1), cmap="grey", vmin=0, vmax=1
            )
            axes.set(xticks=(), yticks=())
    figure.savefig(path, metadata={"Software": None})


def grad_cam_png(rows, class_names, title, path):
    """Draw images with maps over them, one column a class.

    Args:
        rows: dict of what a row shows -> for each class `(image, map, words)`,
            a uint8 `(height, width, 1 or 3)`, a float `(height, width)`, 0 to
            1, and what stands below; None for an empty place.
        class_names: names in label order.
        title: heading.
        path: PNG file to write.
    """
    figure = Figure(
        figsize=(1.5 * len(class_names), 1.8 * len(rows) + 0.6),
        dpi=110,
        layout="constrained",
    )
    figure.suptitle(title)
    grid = figure.subplots(len(rows), len(class_names), squeeze=False)
    for axes, name in zip(grid[0], class_names, strict=True):
        axes.set_title(name, fontsize="medium")
    for line, (kind, panels) in zip(grid, rows.items(), strict=True):
        line[0].set_ylabel(kind)
        for axes, panel in zip(line, panels, strict=True):
            axes.set(xticks=(), yticks=(), box_aspect=1)
            axes.spines[:].set_visible(False)
            if panel:
                image, heat, words = panel
                axes.imshow(image.squeeze(), cmap="grey", vmin=0, vmax=255)
                axes.imshow(heat, cmap="turbo", vmin=0, vmax=1, alpha=0.4)
                axes.set_xlabel(words, fontsize="small")
    figure.savefig(path, metadata={"Software": None})
