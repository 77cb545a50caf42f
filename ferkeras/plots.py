"""Pictures: confusion matrices and learning curves."""

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


def curves_png(histories, title, path):
    """Draw accuracy and loss over the epochs, one colour a run.

    Args:
        histories: dict of label -> list of epochs, each a dict with `accuracy`,
            `loss`, `val_accuracy` and `val_loss`.
        title: heading.
        path: PNG file to write.
    """
    figure = Figure(figsize=(10, 4), dpi=110, layout="constrained")
    figure.suptitle(title)
    left, right = figure.subplots(1, 2)
    colours = matplotlib.colormaps["tab10"].colors
    for index, (label, history) in enumerate(histories.items()):
        epochs = range(1, len(history) + 1)
        colour = colours[index % len(colours)]
        for axes, key, scale in ((left, "accuracy", 100), (right, "loss", 1)):
            for prefix, style in (("", "--"), ("val_", "-")):
                values = [scale * epoch[prefix + key] for epoch in history]
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
    left.set(xlabel="epoch", ylabel="accuracy (%)")
    right.set(xlabel="epoch", ylabel="loss")
    right.legend(title="dashed: training\nsolid: selection", fontsize="small")
    figure.savefig(path, metadata={"Software": None})
