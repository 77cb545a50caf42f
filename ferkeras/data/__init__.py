"""Datasets, augmentation and batches; nothing of models."""

from ferkeras.data.augment import (
    no_augmentation,
    one_of,
    random_affine,
    random_resized_crop,
)
from ferkeras.data.datasets import Datasets
from ferkeras.data.parts import HoldOut
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
    objects,
    open_dataset,
    write_npz,
)

__all__ = [
    "Datasets",
    "EpochBatches",
    "Faces",
    "HoldOut",
    "Source",
    "epoch_plan",
    "has_tensorflow",
    "no_augmentation",
    "npz_path",
    "objects",
    "one_of",
    "open_dataset",
    "random_affine",
    "random_resized_crop",
    "scoring_batches",
    "through",
    "training_batches",
    "write_npz",
]
