"""A trained network's scores, and the files that go with them."""

import numpy as np

from ferkeras import evaluate, metrics, plots, record
from ferkeras.export import export
from ferkeras.record import path_of


def conclude(unit, networks, test, class_names, results, work):
    """Score a network on the test images, and write what is kept of it.

    Args:
        unit: `Unit`.
        networks: `ferkeras.build.Networks`, trained.
        test: `Faces` of the test split.
        class_names: names in label order.
        results: `pathlib.Path` of the results folder.
        work: `pathlib.Path` of the run's own folder, for what is not
            committed: the exported model, and pictures that show faces.

    Returns:
        The scores, a dict of floats and of `classes`, and the PNG file of the
        picture for TensorBoard.
    """
    if unit.row.task.classifies:
        return classified(unit, networks, test, class_names, results, work)
    return reconstructed(unit, networks, test, work)


def classified(unit, networks, test, class_names, results, work):
    """`conclude` for logits."""
    views = unit.row.recipe.views
    found = evaluate.probabilities(networks, test, views, unit.seed)
    scores = metrics.scores(test.labels, found, class_names)
    matrix = metrics.confusion(test.labels, found)
    picture = path_of(results, unit, ".confusion.png")
    picture.parent.mkdir(parents=True, exist_ok=True)
    title = f"{unit}\n{unit.row.dataset}, {unit.protocol.test}"
    plots.confusion_png(matrix, class_names, title, picture)
    record.write_confusion(
        path_of(results, unit, ".confusion.csv"), matrix, class_names
    )
    record.write_probabilities(
        path_of(results, unit, ".probabilities.npz"), found, test
    )
    export(networks.scoring, work, class_names)
    return scores, picture


def reconstructed(unit, networks, test, work):
    """`conclude` for images."""
    transforms = networks.plain(len(test.labels))
    found = evaluate.outputs(networks, test, transforms)
    scores = metrics.reconstruction_scores(test.images[:], found)
    if unit.row.task.reference:
        other = unit.row.task.reference(test.images[:])
        other = metrics.reconstruction_scores(test.images[:], other)
        scores["psnr_reference"] = other["psnr"]
    picture = work / "reconstructions.png"
    shown = np.linspace(0, len(found) - 1, 8).astype(int)
    rows = {"original": test.images[shown] / 255, "network": found[shown]}
    plots.images_png(rows, str(unit), picture)
    export(networks.scoring, work)
    return scores, picture
