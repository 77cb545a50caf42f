"""Scores of class probabilities; rates in percent."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import stats
from sklearn import metrics


def expected_calibration_error(
    labels: np.ndarray, probabilities: np.ndarray, bins: int = 15
) -> float:
    """Mean gap between confidence and accuracy, in percent.

    Args:
        labels: int `(count,)`.
        probabilities: float `(count, classes)`.
        bins: number of equal-width bins of the confidence.

    Reference: Guo et al., ICML 2017, Eq. 3.
    """
    confidence = probabilities.max(-1)
    correct = probabilities.argmax(-1) == labels
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    gap = np.bincount(bin_of, confidence - correct, bins)
    return float(100 * np.abs(gap).sum() / len(labels))


def confusion(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Confusion matrix in images, `(classes, classes)`; rows are true."""
    classes = range(probabilities.shape[1])
    return metrics.confusion_matrix(
        labels, probabilities.argmax(-1), labels=classes
    )


def percent_of_rows(matrix: np.ndarray) -> np.ndarray:
    """Confusion matrix in percent of each true class; empty rows stay zero."""
    totals = matrix.sum(-1, keepdims=True)
    return 100 * matrix / np.maximum(totals, 1)


def wilson(right: int, count: int) -> list[float]:
    """95 % interval of a share, in percent: low, high.

    Args:
        right: how many of them.
        count: how many there are.

    Reference: Wilson, Journal of the American Statistical Association 22, 1927.
    """
    share = stats.binomtest(right, count).proportion_ci(method="wilson")
    return [float(100 * share.low), float(100 * share.high)]


def scores(
    labels: np.ndarray, probabilities: np.ndarray, class_names: Sequence[str]
) -> dict[str, Any]:
    """Score probabilities against labels.

    Args:
        labels: int `(count,)`.
        probabilities: float `(count, classes)`; each row sums to one. Of a
            network that diverged they may be no numbers: such an image counts
            as one of which nothing is known, every class as likely.
        class_names: names in label order.

    Returns:
        dict of `accuracy`, `mean_recall` (UA), `macro_precision`, `macro_f1`
        and `ece` in percent, `nll` in nats, and `classes`: for each name its
        `precision`, `recall` and `f1` in percent and its `images`. A class
        without images has no part in the means.
    """
    classes = range(len(class_names))
    known = np.isfinite(probabilities).all(-1, keepdims=True)
    probabilities = np.where(known, probabilities, 1 / len(classes))
    precision, recall, f1, images = metrics.precision_recall_fscore_support(
        labels, probabilities.argmax(-1), labels=classes, zero_division=0
    )
    present = images > 0
    # float32 rows sum to one only to 1e-7; log_loss wants better.
    exact = np.asarray(probabilities, np.float64)
    exact = exact / exact.sum(-1, keepdims=True)
    return {
        "accuracy": float(100 * (probabilities.argmax(-1) == labels).mean()),
        "mean_recall": float(100 * recall[present].mean()),
        "macro_precision": float(100 * precision[present].mean()),
        "macro_f1": float(100 * f1[present].mean()),
        "nll": float(metrics.log_loss(labels, exact, labels=list(classes))),
        "ece": expected_calibration_error(labels, probabilities),
        "classes": {
            name: {
                "precision": float(100 * precision[k]),
                "recall": float(100 * recall[k]),
                "f1": float(100 * f1[k]),
                "images": int(images[k]),
            }
            for k, name in enumerate(class_names)
        },
    }


def unseen(
    labels: np.ndarray, probabilities: np.ndarray, repeated: np.ndarray
) -> dict[str, Any]:
    """Score the images alone that training has not.

    Args:
        labels: int `(count,)`.
        probabilities: float `(count, classes)`.
        repeated: bool `(count,)`, which images training has too.

    Returns:
        dict of `images`, how many these are not, and on them the `accuracy` in
        percent; None without any.
    """
    right = (probabilities.argmax(-1) == labels)[~repeated]
    accuracy = float(100 * right.mean()) if right.size else None
    return {"images": right.size, "accuracy": accuracy}


# 20 log10 255: what the ratio gains if 255 is taken for the peak of values
# from 0 to 1.
MIXED = 48.1308


def reconstruction_scores(
    images: np.ndarray, reconstructions: np.ndarray
) -> dict[str, float]:
    """Score reconstructions against their images.

    Args:
        images: uint8 `(count, height, width, colours)`; a grey image is
            compared with each colour of its reconstruction.
        reconstructions: float, 0 to 1, same shape.

    Returns:
        dict of `mse`, the mean squared error of values in 0 to 1, and in
        decibels `psnr`, the ratio of the squared peak, 1, to it, and
        `psnr_mixed`, the same with a peak of 255.
    """
    # What is out of range cannot be shown.
    error = np.clip(reconstructions, 0, 1) - images / np.float32(255)
    mse = float(np.mean(np.square(error), dtype=np.float64))
    psnr = float(-10 * np.log10(mse))
    return {"mse": mse, "psnr": psnr, "psnr_mixed": psnr + MIXED}
