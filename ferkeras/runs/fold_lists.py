"""The folds of a dataset as files, so that others can use the same ones."""

import numpy as np

from ferkeras.data import Fold, part
from ferkeras.files import write_whole
from ferkeras.papers.descriptions import slug


def uses(faces, protocol, steps, run):
    """What every image is for, in one run.

    Args:
        faces: `Faces` of what the first step divides.
        protocol: `Protocol`.
        steps: tuple of its steps from there on.
        run: number of the run.

    Returns:
        str `(count,)`: `"train"`; `"select"`, chooses the epoch; `"test"`, is
        scored, and where the protocol leaks chooses it too; or nothing.
    """
    found = np.full(len(faces.labels), "", object)
    # In place of the images, their places.
    places = faces._replace(images=np.arange(len(found)), sizes=None)
    made = {name for step in steps for name in step.makes}
    for use in ("train", "select", "test"):
        name = getattr(protocol, use)
        if name in made:
            found[part(lambda _: places, name, steps, run).images] = use
    return found


def write_folds(results, unit, datasets):
    """Write in which fold every image is, for each `Fold` of a protocol.

    Of ten folds of `jaffe`'s `train`, those of the second division are in
    `results/<paper>/<protocol>/10-folds-of-jaffe-train-1.csv`: a line an image,
    in the order of the part that is divided, with its `row` in the published
    file, its `subject` where that is known, its `fold`, and for each run of the
    division, such as `run_13`, what it is for: `train`, `select` the epoch, or
    `test`. All runs of a division have the same list.

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
        first = division * step.folds
        columns = {
            "row": faces.rows,
            "subject": faces.subjects,
            "fold": step.numbers(faces, division),
        }
        columns |= {
            f"run_{run}": uses(faces, unit.protocol, steps[place:], run)
            for run in range(first, first + step.folds)
        }
        known = {k: v for k, v in columns.items() if v is not None}
        lines = [known, *zip(*known.values(), strict=True)]
        text = "".join(",".join(map(str, line)) + "\n" for line in lines)
        name = f"{step.folds} folds of {row.dataset} {step.of} {division}"
        folder = results / unit.paper.key / unit.protocol.name
        path = folder / f"{slug(name)}.csv"
        # Another process may be at work on another fold.
        if not path.exists() or path.read_text() != text:
            write_whole(path, text)
