"""Datasets, augmentation and batches; nothing of models."""

from ferkeras.data.augment import (
    IDENTITY,
    mirrored_crops,
    no_augmentation,
    one_of,
    random_affine,
    random_resized_crop,
)
from ferkeras.data.copies import Copies
from ferkeras.data.datasets import Datasets
from ferkeras.data.draw import Draw
from ferkeras.data.face_crop import crop_source
from ferkeras.data.fastai_augment import (
    NEUTRAL,
    fastai_transforms,
    fastai_views,
)
from ferkeras.data.fold import Fold
from ferkeras.data.hold_out import HoldOut
from ferkeras.data.npz_write import write_npz
from ferkeras.data.pipeline import (
    EpochBatches,
    epoch_plan,
    scoring_batches,
    through,
    training_batches,
)
from ferkeras.data.prepared import mark_as_drawn, open_dataset
from ferkeras.data.source import (
    Faces,
    Source,
    faces_of,
    files_in_memory,
    files_on_disk,
)
from ferkeras.data.split_steps import part
from ferkeras.data.stretches import epoch_plans, stretches_of
from ferkeras.dataset_names import face_size, has_tensorflow, is_own, npz_path

__all__ = [
    "IDENTITY",
    "NEUTRAL",
    "Copies",
    "Datasets",
    "Draw",
    "EpochBatches",
    "Faces",
    "Fold",
    "HoldOut",
    "Source",
    "crop_source",
    "epoch_plan",
    "epoch_plans",
    "face_size",
    "faces_of",
    "fastai_transforms",
    "fastai_views",
    "files_in_memory",
    "files_on_disk",
    "has_tensorflow",
    "is_own",
    "mark_as_drawn",
    "mirrored_crops",
    "no_augmentation",
    "npz_path",
    "one_of",
    "open_dataset",
    "part",
    "random_affine",
    "random_resized_crop",
    "scoring_batches",
    "through",
    "stretches_of",
    "training_batches",
    "write_npz",
]
