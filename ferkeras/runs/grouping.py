"""Which units are trained together: in one run, or side by side."""

from ferkeras.data import Draw, Fold
from ferkeras.runs.run_folder import saved_epochs


def trajectory(unit):
    """What decides a unit's weights after each epoch, but for its seed.

    Units of one seed that agree in it differ in what chooses the epoch, or in
    what is scored.
    """
    stages = tuple(stage.folder for stage in unit.stages)
    return unit.paper.key, unit.row.name, unit.protocol.training, stages


def far(unit, results):
    """Number of epochs that a unit's last snapshot counts."""
    return saved_epochs(results / "work" / unit.folder / f"seed{unit.seed}")


def companions(units, results, seeds=False):
    """Find what can be trained together with the first of some units.

    Args:
        units: list of `Unit`.
        results: `pathlib.Path` of the results folder.
        seeds: whether to take other seeds too, where all train on the same
            images.

    Returns:
        A list of `Unit`, the first among them, by seed.
    """

    first = units[0]
    steps = first.protocol.hold_outs
    if not first.row.recipe.phases:
        return [first]
    if any(isinstance(step, Fold | Draw) for step in steps):
        seeds = False
    # Once, and the seed before all else: a queue has thousands of units.
    alike, done = trajectory(first), far(first, results)
    found = [
        unit
        for unit in units
        if (seeds or unit.seed == first.seed)
        and trajectory(unit) == alike
        and far(unit, results) == done
    ]
    return sorted(found, key=lambda unit: unit.seed)


def grouped(units, results):
    """Divide units into those that are trained together, each seed by itself.

    As `companions` finds them one group after the other.

    Args:
        units: list of `Unit`.
        results: `pathlib.Path` of the results folder.

    Returns:
        A list of lists of `Unit`, by the first unit of each.
    """
    found = {}
    for unit in units:
        alike = unit.seed, trajectory(unit), far(unit, results)
        if not unit.row.recipe.phases:
            alike += (unit.folder,)
        found.setdefault(alike, []).append(unit)
    return list(found.values())
