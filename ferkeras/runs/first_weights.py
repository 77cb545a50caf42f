"""Weights that a row starts from: another row's, or a published file's."""

from functools import partial

import keras

from ferkeras import plots, weights
from ferkeras.papers.descriptions import slug
from ferkeras.runs.record import is_complete, read_record


def weights_folder(datasets):
    """Folder of published weight files, beside the prepared datasets."""
    return datasets.data_dir / "weights"


def weights_of(results, unit):
    """File of a unit's trained model, or None where it is not at hand."""
    path = results / "work" / unit.folder / f"seed{unit.seed}" / "model.keras"
    recorded = is_complete(read_record(results, unit))
    return path if recorded and path.exists() else None


def lacking(row, datasets):
    """What is missing of a row's dataset and published weights.

    Returns:
        A list of sentences, each with what to do.
    """
    found = []
    for look in (
        lambda: datasets.source(row.dataset),
        *(partial(find, name, datasets) for name in row.published),
    ):
        try:
            look()
        except FileNotFoundError as error:
            found.append(str(error))
    return found


def find(name, datasets):
    """Path of a published file of weights, as `ferkeras.weights.find`."""
    return weights.find(name, weights_folder(datasets))


def draw_filters(network, filled, title, path):
    """Draw the first of the layers filled that sees colours, to be looked at.

    Args:
        network: keras.Model.
        filled: names of its layers that took weights from a published file.
        title: heading.
        path: PNG file to write.
    """
    layers = weights.layers_with_weights(network)
    kernels = (layers[name].weights[0] for name in filled)
    first = next((x for x in kernels if x.shape[2:3] == (3,)), None)
    if first is not None:
        plots.filters_png(first, title, path)


def fill_with(start, network, unit, results, datasets):
    """Fill layers of a fresh network with weights.

    Args:
        start: `Start`.
        network: the unit's `Networks.classifier`.
        unit: `Unit`.
        results: `pathlib.Path` of the results folder.
        datasets: `ferkeras.data.Datasets`.

    Returns:
        What the record says of it, a dict.

    Raises:
        ValueError: where the source is neither a row of the paper nor a file
            that is known.
    """
    if start.source in weights.FILES:
        taken = weights.load_pretrained(
            network, start.source, weights_folder(datasets), start.names
        )
        picture = f"filters-{slug(start.source)}.png"
        draw_filters(
            network,
            taken["layers"],
            f"{unit}\n{start.source}",
            results / "work" / unit.folder / f"seed{unit.seed}" / picture,
        )
        return taken
    stages = [x for x in unit.stages if x.row.name == start.source]
    if not stages:
        raise ValueError(
            "A row starts from another row of the paper or one of "
            f"{', '.join(weights.FILES)}. Received: {start.source!r}"
        )
    (stage,) = stages
    source = keras.saving.load_model(weights_of(results, stage))
    return {
        "row": str(stage),
        "digest": stage.digest,
        "layers": weights.copy_weights(source, network, start.names),
    }
