"""Reads the basic set of RAF-DB into NumPy arrays."""

import collections
import pathlib
import warnings

import numpy as np

from tfds_builders.ck_plus import files
from tfds_builders.raf_db import layouts, pictures

VERSION = "1.0.0"
CONFIGS = ()
DEFAULT_CONFIG = None
# In the order of the publishers' labels, which begin with 1.
CLASS_NAMES = (
    "surprise",
    "fear",
    "disgust",
    "happiness",
    "sadness",
    "anger",
    "neutral",
)
INSTRUCTIONS = (
    "Ask for RAF-DB at http://www.whdeng.cn/RAF/model1.html (for research "
    "only, under the terms given there), unpack it and put its folder basic, "
    "unchanged, directly in manual_dir; or put the folder DATASET of the "
    "mirror there, but not both."
)
# Images of each class, in label order.
PUBLISHED = {
    "train": (1290, 281, 717, 4772, 1982, 705, 2524),
    "test": (329, 74, 160, 1185, 478, 162, 680),
}


def read(config, manual_dir):
    """Read the aligned faces, their labels and the sizes of their originals.

    Labels without an image, images without a label and those whose names are
    malformed are left out, and a warning names them. Another names the images
    by which a split differs from the published set; those that set does not
    have are kept.

    Args:
        config: None, as this data set has no configs.
        manual_dir: folder holding the folder `basic`, or the folder `DATASET`
            of the mirror, or one of these two.

    Returns: a dict of "train" and "test" to a dict of
        "image": list of n `pathlib.Path`, the JPEG files of aligned faces;
        "label": int64 (n,), index into `CLASS_NAMES`;
        "original_height": int64 (n,), of the picture that the face was cut
            from, in pixels; 0 where that picture is absent;
        "original_width": int64 (n,), likewise;
        "row": int64 (n,), zero-based place in the list of labels, blank lines
            not counted; in the mirror, place among the images by name, those
            of training first.

    Raises:
        FileNotFoundError: where there is neither layout, or no images of a
            split.
        ValueError: where a config is given, both layouts are there, a label or
            its folder is not as published, an image or its line is there
            twice, or a file is empty, cut short or no JPEG.
    """
    if config:
        raise ValueError(f"raf_db has no configs. Received: config={config!r}")
    root = pathlib.Path(manual_dir)
    found = layouts.find_images(root, INSTRUCTIONS)
    _check_whole([image.path for image in found.images], root, "JPEG")
    originals = [x.original for x in found.images if x.original]
    sizes = _check_whole(originals, root)
    _warn_of_found(found, root)
    splits = {}
    for split in layouts.SPLITS:
        images = [image for image in found.images if image.split == split]
        if not images:
            raise FileNotFoundError(
                f"{root}: expected images of {split}. {INSTRUCTIONS} "
                f"Received: {len(found.images)}, none so named"
            )
        _warn_of_differences(split, images, root)
        size = np.array(
            [sizes.get(image.original, (0, 0)) for image in images], np.int64
        )
        splits[split] = {
            "image": [image.path for image in images],
            "label": np.array([image.label for image in images], np.int64),
            "original_height": size[:, 0],
            "original_width": size[:, 1],
            "row": np.array([image.row for image in images], np.int64),
        }
    return splits


def published_names(split):
    """Names of the images of a split of the published set, in their order."""
    digits = 5 if split == "train" else 4
    return [
        f"{split}_{number:0{digits}}"
        for number in range(1, sum(PUBLISHED[split]) + 1)
    ]


def _check_whole(paths, root, kind=None):
    """Return heights and widths, by path, or raise an error naming faults."""
    sizes, broken = {}, {}
    for path in paths:
        picture = pictures.probe(path)
        fault = picture.fault
        if fault != "empty" and kind not in (None, picture.kind):
            fault = f"no {kind}"
        if fault:
            broken.setdefault(fault, []).append(path.relative_to(root))
        sizes[path] = picture.height, picture.width
    if broken:
        received = (
            f"{len(names)} {fault}: {files.listed(names)}"
            for fault, names in broken.items()
        )
        raise ValueError(
            f"{root}: expected whole {kind or 'picture'} files. "
            f"{INSTRUCTIONS} Received: {'; '.join(received)}"
        )
    return sizes


def _warn_of_found(found, root):
    unpaired = {
        "labels without an image": found.without_image,
        "images without a label": _relative(found.without_label, root),
        "images whose names are not of the form train_00001_aligned.jpg": (
            _relative(found.left_out, root)
        ),
    }
    for kind, names in unpaired.items():
        if names:
            warnings.warn(
                f"{root}: {len(names)} {kind} are left out: "
                f"{files.listed(names)}",
                stacklevel=3,
            )
    if names := found.without_original:
        warnings.warn(
            f"{root}: {len(names)} images have no original, so that its size "
            f"is 0: {files.listed(names)}",
            stacklevel=3,
        )


def _relative(paths, root):
    return [path.relative_to(root) for path in paths]


def _warn_of_differences(split, images, root):
    names, published = {x.name for x in images}, published_names(split)
    kinds = {
        "missing": sorted({*published} - names),
        "not in that set": sorted(names - {*published}),
    }
    differences = [
        f"{len(differing)} {kind}: {files.listed(differing)}"
        for kind, differing in kinds.items()
        if differing
    ]
    if not differences:
        # All are there; but are they of the classes they should be?
        counts = collections.Counter(image.label for image in images)
        differences = [
            f"{counts[label]} {CLASS_NAMES[label]} and not {count}"
            for label, count in enumerate(PUBLISHED[split])
            if counts[label] != count
        ]
    if differences:
        warnings.warn(
            f"{root}: {len(images)} images of {split}, where the published "
            f"set has {len(published)}; {'; '.join(differences)}",
            stacklevel=3,
        )
