"""A trained model on another dataset than its own, its classes by name."""

from typing import Any

import keras
import numpy as np

from ferkeras.data import Datasets, Faces, is_own, repeats
from ferkeras.dataset_names import is_prepared
from ferkeras.scoring import metrics

# What datasets call one expression.
SYNONYMS = (
    ("angry", "anger"),
    ("disgust", "disgusted"),
    ("fear", "fearful", "afraid", "scared"),
    ("happy", "happiness", "joy"),
    ("sad", "sadness"),
    ("surprise", "surprised"),
    ("neutral",),
    ("contempt", "contemptuous"),
)
SAME = {name: names[0] for names in SYNONYMS for name in names}


def meaning(name: str) -> str:
    """One name for all that datasets call an expression; others as they are."""
    name = name.strip().lower()
    return SAME.get(name, name)


def scores(
    labels: np.ndarray,
    probabilities: np.ndarray,
    dataset_names: tuple[str, ...],
    model_names: tuple[str, ...],
    repeated: np.ndarray | None = None,
) -> dict[str, Any]:
    """Score a model on a dataset whose classes are named otherwise.

    Images of classes that the model does not have are left out. The model
    chooses among all of its classes: where it chooses one that the dataset
    does not have, it is wrong.

    Args:
        labels: int `(count,)`, indices into `dataset_names`.
        probabilities: float `(count, len(model_names))`.
        dataset_names: the dataset's classes in label order.
        model_names: the model's classes in the order of its outputs.
        repeated: bool `(count,)`, as of `made_with`.

    Returns:
        dict of `images`, how many are scored; `accuracy` in percent, its 95 %
        `interval` (Wilson) and `macro_f1`, the mean over classes in percent;
        `accuracy_among_shared`, where the model chooses among the classes of
        both alone; `classes`, a dict as of `ferkeras.scoring.metrics.scores`,
        by the model's names; `left_out`, images by class that the model does
        not have; `never_shown`, the model's classes that the dataset has no
        image of; `confusion`, in images, by true and by predicted name; and,
        where it is known which images are `repeated`, `unseen`, as of
        `ferkeras.scoring.metrics.unseen`.

    Raises:
        ValueError: where no image is of a class that both have.
    """
    known = {meaning(name): k for k, name in enumerate(model_names)}
    to_model = np.array([known.get(meaning(x), -1) for x in dataset_names])
    counts = np.bincount(labels, minlength=len(dataset_names))
    left_out = {
        name: int(count)
        for name, count, there in zip(
            dataset_names, counts, to_model, strict=True
        )
        if there < 0 and count
    }
    kept = to_model[labels] >= 0
    if not kept.any():
        raise ValueError(
            "No image is of a class that both have. The model has "
            f"{', '.join(model_names)}; the dataset {', '.join(dataset_names)}."
        )
    true, found = to_model[labels[kept]], probabilities[kept]
    shared = np.unique(true)
    among = shared[found[:, shared].argmax(-1)]
    known_scores = metrics.scores(true, found, model_names)
    matrix = metrics.confusion(true, found)
    right = int(np.trace(matrix))
    unseen = {}
    if repeated is not None:
        unseen["unseen"] = metrics.unseen(true, found, repeated[kept])
    return unseen | {
        "images": len(true),
        "accuracy": known_scores["accuracy"],
        "interval": metrics.wilson(right, len(true)),
        "macro_f1": known_scores["macro_f1"],
        "accuracy_among_shared": float(100 * (among == true).mean()),
        "classes": {
            model_names[k]: known_scores["classes"][model_names[k]]
            for k in shared
        },
        "left_out": left_out,
        "never_shown": [
            name for k, name in enumerate(model_names) if k not in shared
        ],
        "confusion": {
            model_names[k]: dict(
                zip(model_names, matrix[k].tolist(), strict=True)
            )
            for k in shared
        },
    }


def same_images(dataset: str) -> str:
    """One name for all datasets of the same images."""
    if is_own(dataset):
        return "/".join(dataset.split("/")[:2])
    builder = dataset.partition("/")[0]
    # Labelled anew, in the same parts.
    return "fer2013" if builder == "ferplus" else builder


def seen(record: dict[str, Any]) -> set[str]:
    """The published splits that trained a model or chose its epoch.

    Args:
        record: of the model's run.
    """
    protocol = record["protocol"]
    steps = [step for step in protocol["hold_outs"] if "name" in step]
    used = {protocol["train"], protocol["checkpoint_chosen_on"]}
    for step in reversed(steps):
        if step["name"] in used:
            used = used - {step["name"]} | {step["of"]}
    return {part for name in used for part in name.split("+")}


def refuse_seen(record: dict[str, Any], dataset: str, split: str) -> None:
    """Keep a model from being scored on images that it was made with.

    Args:
        record: of the model's run.
        dataset: TFDS name with its config, or `own/...`.
        split: name of a split, or several joined by `+`.

    Raises:
        ValueError: where there are such images.
    """
    if same_images(dataset) == same_images(record["dataset"]["name"]):
        both = {*split.split("+")} & seen(record)
        if both:
            raise ValueError(
                "The model was trained on images of "
                f"{', '.join(sorted(both))}, or they chose its epoch. Name "
                "another --split."
            )


def made_with(
    record: dict[str, Any], datasets: Datasets, dataset: str, split: str
) -> np.ndarray | None:
    """Which images are those that trained a model or chose its epoch.

    Whatever dataset they are of: published splits repeat pictures.

    Args:
        record: of the model's run.
        datasets: `ferkeras.data.Datasets`.
        dataset: TFDS name with its config, or `own/...`.
        split: name of a split, or several joined by `+`.

    Returns:
        bool `(count,)`; None where the model's own images are not prepared.
    """
    own = record["dataset"]["name"]
    if not is_prepared(own, datasets.data_dir):
        return None
    scored = datasets.outline(dataset, split)
    parts = [datasets.outline(own, part) for part in sorted(seen(record))]
    return np.any([repeats.repeated(scored, part) for part in parts], axis=0)


def images_for(
    model: keras.Model, datasets: Datasets, dataset: str, split: str
) -> Faces:
    """Images of a split as a model takes them.

    Args:
        model: keras.Model from uint8 `(batch, size, size, colours)`.
        datasets: `ferkeras.data.Datasets`.
        dataset: TFDS name with its config, or `own/...`.
        split: name of a split, or several joined by `+`.

    Returns:
        `Faces`; grey images are repeated for a model of colours.
    """
    _, size, _, colours = model.input_shape
    faces = datasets.faces(dataset, split, (), size, colours)
    images = faces.pixels[:]
    if images.shape[-1] < colours:
        images = np.repeat(images, colours, axis=-1)
    return faces._replace(images=images)
