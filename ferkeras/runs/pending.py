"""Which units wait, and in which order."""

import math

from rich.console import Console

from ferkeras.runs.first_weights import lacking, weights_of
from ferkeras.runs.record import (
    is_complete,
    read_record,
    refuse_other_images,
    refuse_to_overwrite,
)


def pending(units, results, datasets, none_needed=False):
    """Choose the units to run; name those whose dataset is not prepared.

    Before a unit come those that it starts from, where their weights are not
    at hand, whether asked for or not.

    Args:
        units: list of `Unit`.
        results: `pathlib.Path` of the results folder.
        datasets: `ferkeras.data.Datasets`.
        none_needed: whether it is well if nothing more can be run here, once
            something is recorded.

    Returns:
        The units that have no complete record and can be run here.

    Raises:
        FileNotFoundError: where one is needed, and none has its dataset and
            its published weights; it names all that is missing.
        ValueError: where a unit has the record of another recipe, or its row
            a run on another copy of the dataset.
    """
    wanted = len(units)
    units = [u for u in units if not is_complete(read_record(results, u))]
    over = none_needed and len(units) < wanted
    missing, ready = [], []
    for unit in units:
        stages = [x for x in unit.stages if not weights_of(results, x)]
        lacks = [
            x for each in (*stages, unit) for x in lacking(each.row, datasets)
        ]
        missing += lacks
        if not lacks:
            ready += [x for x in (*stages, unit) if x not in ready]
    missing = dict.fromkeys(missing)
    if missing and not (ready or over):
        raise FileNotFoundError("\n".join(missing))
    for text in missing:
        Console(stderr=True).print(f"Rows skipped: {text}")
    for unit in ready:
        refuse_to_overwrite(results, unit)
    # All runs of a row at once: the images are read for it.
    for unit in {unit.folder: unit for unit in ready}.values():
        refuse_other_images(results, unit, datasets)
    return ready


def cheapest_first(units, results):
    """Order units of several papers for a machine that is lent for a while.

    First seeds come first, so that the emptiest rows do. Among them, rows of
    which a run is recorded come by the seconds that it took, then the others
    by epochs times pixels of an image.

    Args:
        units: list of `Unit`.
        results: `pathlib.Path` of the results folder.
    """
    seconds = {}
    for unit in units:
        entry = read_record(results, unit)
        if is_complete(entry):
            row = unit.paper.key, unit.row.name
            seconds[row] = min(entry["seconds"], seconds.get(row, math.inf))

    def cost(unit):
        known = seconds.get((unit.paper.key, unit.row.name))
        pixels = unit.row.recipe.epochs * unit.row.image_size**2
        return unit.seed, known is None, known or pixels

    return sorted(units, key=cost)
