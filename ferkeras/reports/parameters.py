"""Parameters that papers print, beside those of the networks here."""

import re

from keras.layers import BatchNormalization

from ferkeras.reports.number_words import printed
from ferkeras.reports.tables import table
from ferkeras.weights import layers_with_weights

COLUMN_HEAD = ["row", "printed, millions", "here", "less normalisation"]
LAYER_HEAD = ["layer", "printed", "here"]


def network(paper, name, classes):
    """The network of a row of the paper, with fresh weights."""
    (row,) = (row for row in paper.rows if row.name == name)
    shape = (row.image_size, row.image_size, len(row.channels))
    return row.model(shape, classes)


def counts(model):
    """Weights by layer, less those of batch normalisation.

    Args:
        model: keras.Model.

    Returns:
        dict from a layer's name to their number.
    """
    return {
        name: layer.count_params()
        for name, layer in layers_with_weights(model).items()
        if not isinstance(layer, BatchNormalization)
    }


def columns(paper):
    """Markdown of the parameters that tables print for their rows."""
    rows = []
    for row in paper.rows:
        if "parameters" in row.reported:
            model = network(paper, row.name, paper.classes)
            rows.append(
                [
                    row.name,
                    printed(row.reported["parameters"]),
                    f"{model.count_params():,}",
                    f"{sum(counts(model).values()):,}",
                ]
            )
    return table(COLUMN_HEAD, rows) if rows else ""


def layer_table(paper, of_paper):
    """Markdown of a `LayerTable`."""
    found = counts(network(paper, of_paper.row, paper.classes))
    ours = [
        sum(n for name, n in found.items() if re.match(rf"row{k}(_|$)", name))
        for k in range(1, len(of_paper.printed) + 1)
    ]
    rows = [
        [f"{k}", f"{theirs:,}", f"{here:,}"]
        for k, (theirs, here) in enumerate(
            zip(of_paper.printed, ours, strict=True), 1
        )
    ]
    rows.append(["all", f"{of_paper.total:,}", f"{sum(ours):,}"])
    title = f"{of_paper.name}, the network of {of_paper.row}:"
    return f"{title}\n\n{table(LAYER_HEAD, rows)}\n{of_paper.note}\n"


def section(paper):
    """Markdown of all that a paper prints of parameters; may be empty."""
    parts = [columns(paper)]
    parts += [layer_table(paper, each) for each in paper.layer_tables]
    return "\n".join(filter(None, parts))
