"""The folds of a dataset as files, so that others can use the same ones."""

from ferkeras.data import Fold
from ferkeras.experiment import slug
from ferkeras.record import write_whole


def write_folds(results, unit, datasets):
    """Write the fold of every image, for each `Fold` of a unit's protocol.

    A line an image, in the order of the split or part that is divided: its
    `row` in the published file, the `subject` where it is known, and its
    `fold`. All runs of a division write the same file, those of `FOLDS` folds:

    `results/<paper>/<protocol>/<FOLDS>-folds-of-<dataset>-<part>-<division>.csv`

    Args:
        results: `pathlib.Path` of the results folder.
        unit: `Unit`.
        datasets: `ferkeras.data.Datasets`.
    """
    row, steps = unit.row, unit.protocol.hold_outs
    for place, step in enumerate(steps):
        if not isinstance(step, Fold):
            continue
        faces = datasets.faces(
            row.dataset,
            step.of,
            steps[:place],
            row.image_size,
            row.colours,
            unit.seed,
        )
        division = unit.seed // step.folds
        columns = {
            "row": faces.rows,
            "subject": faces.subjects,
            "fold": step.numbers(faces, division),
        }
        known = {k: v for k, v in columns.items() if v is not None}
        lines = zip(*known.values(), strict=True)
        text = "\n".join(",".join(map(str, line)) for line in [known, *lines])
        name = f"{step.folds} folds of {row.dataset} {step.of} {division}"
        folder = results / unit.paper.key / unit.protocol.name
        write_whole(folder / f"{slug(name)}.csv", text + "\n")
