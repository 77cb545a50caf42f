"""Pictures: confusion matrices, learning curves and filters."""

import math

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ferkeras.metrics import percent_of_rows


def confusion_png(matrix, class_names, title, path):
    """Draw a confusion matrix in images, shaded by percent of the true class.

    Args:
        matrix: int `(classes, classes)`, rows true; several runs may be summed.
        class_names: names in label order.
        title: heading.
        path: PNG file to write.
    """
    share = percent_of_rows(matrix)
    figure = Figure(figsize=(6.4, 5.8), dpi=110, layout="constrained")
    axes = figure.subplots()
    axes.imshow(share, cmap="Blues", vmin=0, vmax=100)
    ticks = range(len(class_names))
    axes.set_xticks(ticks, class_names, rotation=40, ha="right")
    axes.set_yticks(ticks, class_names)
    axes.set(xlabel="predicted", ylabel="true (percent of row)", title=title)
    for row, column in np.ndindex(*share.shape):
        axes.text(
            column,
            row,
            f"{share[row, column]:.0f}",
            ha="center",
            va="center",
            color="white" if share[row, column] > 55 else "black",
        )
    figure.savefig(path, metadata={"Software": None})


SCORES = {"accuracy": ("accuracy (%)", 100), "psnr": ("PSNR (dB)", 1)}


def curves_png(histories, title, path, metric="accuracy"):
    """Draw a score and the loss over the epochs, one colour a run.

    Args:
        histories: dict of label -> list of epochs, each a dict with the
            metric and `loss`, and both again after `val_`.
        title: heading.
        path: PNG file to write.
        metric: the score, a key of `SCORES`.
    """
    words, scale = SCORES[metric]
    figure = Figure(figsize=(10, 4), dpi=110, layout="constrained")
    figure.suptitle(title)
    left, right = figure.subplots(1, 2)
    colours = matplotlib.colormaps["tab10"].colors
    for index, (label, history) in enumerate(histories.items()):
        epochs = range(1, len(history) + 1)
        colour = colours[index % len(colours)]
        for axes, key, factor in ((left, metric, scale), (right, "loss", 1)):
            for prefix, style in (("", "--"), ("val_", "-")):
                values = [factor * epoch[prefix + key] for epoch in history]
                axes.plot(
                    epochs,
                    values,
                    style,
                    color=colour,
                    marker="." if len(history) < 10 else "",
                    label=None if prefix == "" else label,
                )
    for axes in (left, right):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    left.set(xlabel="epoch", ylabel=words)
    right.set(xlabel="epoch", ylabel="loss")
    right.legend(title="dashed: training\nsolid: selection", fontsize="small")
    figure.savefig(path, metadata={"Software": None})


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
