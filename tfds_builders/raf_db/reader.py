"""Reads the basic set of RAF-DB into NumPy arrays."""

import pathlib

import numpy as np

from tfds_builders import image_files
from tfds_builders.raf_db import layouts

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
    aligned = [image.path for image in found.images]
    image_files.check_whole(aligned, root, INSTRUCTIONS, "JPEG")
    originals = [x.original for x in found.images if x.original]
    sizes = image_files.check_whole(originals, root, INSTRUCTIONS)
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


def _warn_of_found(found, root):
    without_label, left_out = (
        [path.relative_to(root) for path in paths]
        for paths in (found.without_label, found.left_out)
    )
    told = {
        "labels without an image are left out": found.without_image,
        "images without a label are left out": without_label,
        "images are left out, as their names are not of the form "
        "train_00001_aligned.jpg": left_out,
        "images have no original, so that its size is 0": (
            found.without_original
        ),
    }
    for what, names in told.items():
        image_files.warn_of(names, root, what)


def _warn_of_differences(split, images, root):
    published = published_names(split)
    names = {image.name for image in images}
    labels = [image.label for image in images]
    image_files.warn_of_differences(
        # Where all are there, are they of the classes they should be?
        image_files.name_differences(names, {*published})
        or image_files.class_differences(labels, CLASS_NAMES, PUBLISHED[split]),
        root,
        f"{len(images)} images of {split}",
        len(published),
    )
