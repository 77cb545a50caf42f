"""Files of a run's scores: probabilities by image, and the confusion matrix."""

import csv
import io

import numpy as np

from ferkeras.files import open_whole, write_whole


def write_probabilities(path, probabilities, faces, branches=None):
    """Write per-image float16 probabilities with label and published row.

    The most probable class stays that where rounding makes a tie.

    And, if the dataset has it, with the size of the original in pixels, the
    mean of its sides, 0 where unknown.

    Args:
        path: `.npz` file to write.
        probabilities: `(count, classes)`.
        faces: `Faces` of these images.
        branches: bool `(count, branches)`, which branches have an image right;
            kept beside the sizes, which they are drawn over.
    """
    sizes = {}
    if faces.sizes is not None:
        sizes["size"] = faces.sizes.astype(np.float32)
        if branches is not None:
            sizes["branches"] = branches
    rounded = probabilities.astype(np.float16)
    first = np.arange(len(rounded)), probabilities.argmax(-1)
    tied = np.nextafter(rounded[first], np.float16(np.inf))
    others = rounded.argmax(-1) != first[1]
    rounded[first] = np.where(others, tied, rounded[first])
    with open_whole(path) as file:
        np.savez_compressed(
            file,
            probabilities=rounded,
            label=faces.labels.astype(np.uint8),
            row=faces.rows.astype(np.int32),
            **sizes,
        )


def write_confusion(path, matrix, class_names):
    """Write a confusion matrix in images as CSV; rows are true classes."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["true \\ predicted", *class_names])
    for name, row in zip(class_names, matrix.tolist(), strict=True):
        rows.writerow([name, *row])
    write_whole(path, text.getvalue())


def read_confusion(path):
    """Read what `write_confusion` wrote, `(classes, classes)`."""
    with path.open(newline="") as file:
        _, *rows = csv.reader(file)
    return np.array([list(map(int, row[1:])) for row in rows])
