"""Weights that a row starts from: another row's, or a published file's."""

import keras

from ferkeras import weights
from ferkeras.record import is_complete, read_record


def weights_folder(datasets):
    """Folder of published weight files, beside the prepared datasets."""
    return datasets.data_dir / "weights"


def weights_of(results, unit):
    """File of a unit's trained model, or None where it is not at hand."""
    path = results / "work" / unit.folder / f"seed{unit.seed}" / "model.keras"
    recorded = is_complete(read_record(results, unit))
    return path if recorded and path.exists() else None


def require_files(row, datasets):
    """Check that the published files that a row starts from are there.

    Raises:
        FileNotFoundError: where one is not, with its address.
    """
    for start in row.start_from:
        if start.source in weights.FILES:
            weights.find(start.source, weights_folder(datasets))


def take_start(start, network, unit, results, datasets):
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
        return weights.load_pretrained(
            network, start.source, weights_folder(datasets), start.names
        )
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
