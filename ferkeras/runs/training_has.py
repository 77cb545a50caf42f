"""Which of the images that a unit is scored on training has too."""

import numpy as np

from ferkeras.data.repeats import repeated


def training_has(unit, datasets):
    """Look for the scored images among those that are trained on.

    Those of the rows that it starts from count, with or without labels.

    Args:
        unit: `Unit`.
        datasets: `ferkeras.data.Datasets`.

    Returns:
        bool `(count,)`; None where nothing is trained, or there are no classes
        to have right.
    """
    if not unit.protocol.train or not unit.row.task.classifies:
        return None
    scored = outline(datasets, unit, unit.protocol.test)
    return np.any(
        [
            repeated(scored, outline(datasets, each, each.protocol.train))
            for each in (unit, *unit.stages)
            if each.row.dataset == unit.row.dataset
        ],
        axis=0,
    )


def outline(datasets, unit, split):
    """A part of a unit's dataset, as of `Datasets.outline`."""
    row, steps = unit.row, unit.protocol.hold_outs
    return datasets.outline(row.dataset, split, steps, unit.seed)
