"""A trained network's scores, and the files that go with them."""

import hashlib
from dataclasses import replace

import keras
import numpy as np

from ferkeras import plots
from ferkeras.models.pyramid_sr import branch_logits
from ferkeras.runs import score_files
from ferkeras.runs.record import path_of
from ferkeras.scoring import metrics
from ferkeras.scoring.explain import grad_cam, surest
from ferkeras.scoring.export import classifier, export
from ferkeras.scoring.half_precision import half_precision
from ferkeras.training import evaluate


def write_scores(unit, networks, test, class_names, results, work):
    """Score a network on the test images, and write what is kept of it.

    Args:
        unit: `Unit`.
        networks: `ferkeras.training.build.Networks`, trained.
        test: `Faces` of the test split.
        class_names: names in label order.
        results: `pathlib.Path` of the results folder.
        work: `pathlib.Path` of the run's own folder, for what is not
            committed: the exported model, and pictures of this run alone.

    Returns:
        The scores, a dict of floats, of `classes`, of `unseen` images where
        it is known which training has and, for a row that has them, of
        `branches`, the accuracy in percent of each; and the PNG file of the
        picture for TensorBoard.
    """
    if unit.row.task.classifies:
        return classified(unit, networks, test, class_names, results, work)
    return reconstructed(unit, networks, test, work)


def classified(unit, networks, test, class_names, results, work):
    """`write_scores` for logits."""
    found = probabilities(unit, networks, test)
    scores = scores_of(found, test, class_names)
    alone = None
    if unit.row.branches:
        alone = branches_right(unit, networks, test)
        shares = (100 * alone.mean(0)).tolist()
        scores["branches"] = dict(zip(unit.row.branches, shares, strict=True))
    matrix = metrics.confusion(test.labels, found)
    picture = work / "confusion.png"
    title = f"{unit}\n{unit.row.dataset}, {unit.protocol.test}"
    plots.confusion_png(matrix, class_names, title, picture)
    score_files.write_confusion(
        path_of(results, unit, ".confusion.csv"), matrix, class_names
    )
    score_files.write_probabilities(
        path_of(results, unit, ".probabilities.npz"), found, test, alone
    )
    if unit.row.explain:
        explained(unit, networks, test, found, class_names, work)
    export(networks.scoring, work, class_names)
    return scores, picture


def keep(unit, networks, class_names, results):
    """Write a model beside the record, its weights in half precision.

    Args:
        unit: `Unit`.
        networks: `ferkeras.training.build.Networks`, trained.
        class_names: names in label order.
        results: `pathlib.Path` of the results folder.

    Returns:
        SHA-256 of the `.keras` file.
    """
    model, path = networks.scoring, path_of(results, unit, ".keras")
    if unit.row.task.classifies:
        model = classifier(model, class_names)
    half_precision(model, path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def at_last_epoch(unit, networks, test, class_names, results):
    """Score a network as training left it, and keep its predictions.

    Args:
        unit: `Unit` that classifies.
        networks: `ferkeras.training.build.Networks`, after the last epoch.
        test: `Faces` of the test split.
        class_names: names in label order.
        results: `pathlib.Path` of the results folder.

    Returns:
        The scores, as of `write_scores`.
    """
    found = probabilities(unit, networks, test)
    score_files.write_probabilities(
        path_of(results, unit, ".last-epoch.npz"), found, test
    )
    return scores_of(found, test, class_names)


def scores_of(found, test, class_names):
    """Score class probabilities on `Faces`."""
    scores = metrics.scores(test.labels, found, class_names)
    if test.repeated is not None:
        scores["unseen"] = metrics.unseen(test.labels, found, test.repeated)
    return scores


def probabilities(unit, networks, test):
    """Class probabilities as the unit's recipe has them scored."""
    recipe = unit.row.recipe
    return evaluate.probabilities(
        networks, test, recipe.views, unit.seed, recipe.raw_scores
    )


def explained(unit, networks, test, found, class_names, work):
    """Draw what the surest predictions of each class go by."""
    chosen = surest(test.labels, found)
    shown = chosen[chosen >= 0]
    images, classes = test.images[shown], found[shown].argmax(-1)
    maps = grad_cam(networks.scoring, unit.row.explain, images, classes)
    words = [
        f"{class_names[label]}, {100 * found[index, label]:.0f} %"
        for index, label in zip(shown, classes, strict=True)
    ]
    panels = dict(
        zip(shown, zip(images, maps, words, strict=True), strict=True)
    )
    rows = {
        kind: [panels.get(index) for index in indices]
        for kind, indices in zip(("right", "wrong"), chosen, strict=True)
    }
    path = work / "grad_cam.png"
    plots.grad_cam_png(rows, class_names, str(unit), path)


def branches_right(unit, networks, test):
    """Whether each branch by itself is right, on the same views.

    Returns:
        bool `(count, branches)`.
    """
    front_end = networks.front_end
    logits = branch_logits(networks.classifier)(front_end.output)
    alone = keras.Model(front_end.input, logits)
    found = probabilities(unit, replace(networks, training=alone), test)
    return found.argmax(-1) == test.labels[:, None]


def reconstructed(unit, networks, test, work):
    """`write_scores` for images."""
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
