"""Datasets, augmentation and batches; nothing of models."""

from ferkeras.data.augment import no_augmentation, random_affine
from ferkeras.data.datasets import Datasets
from ferkeras.data.pipeline import (
    EpochBatches,
    epoch_plan,
    scoring_batches,
    through,
    training_batches,
)
from ferkeras.data.source import (
    Faces,
    Source,
    has_tensorflow,
    npz_path,
    open_dataset,
    write_npz,
)

__all__ = [
    "Datasets",
    "EpochBatches",
    "Faces",
    "Source",
    "epoch_plan",
    "has_tensorflow",
    "no_augmentation",
    "npz_path",
    "open_dataset",
    "random_affine",
    "scoring_batches",
    "through",
    "training_batches",
    "write_npz",
]
