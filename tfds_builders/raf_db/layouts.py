"""Finds the images of RAF-DB and their labels in both of its layouts."""

import collections
import pathlib
import re
from typing import NamedTuple

from tfds_builders import image_files

SPLITS = ("train", "test")
LABEL_LIST = pathlib.Path("EmoLabel", "list_patition_label.txt")
IMAGES = pathlib.Path("Image", "aligned")
ORIGINALS = pathlib.Path("Image", "original")
BASIC, MIRROR = "basic", "DATASET"
# Five digits for training, four for test.
STEM = r"(train_[0-9]{5}|test_[0-9]{4})"
LINE = re.compile(rf"{STEM}\.jpg\s+([1-7])")
IMAGE_NAME = re.compile(rf"{STEM}_aligned\.jpg", re.IGNORECASE)
CLASS_FOLDER = re.compile(r"[1-7]")


class Image(NamedTuple):
    """An image with a label.

    Attributes:
        name: such as "train_00001".
        path: `pathlib.Path` of the aligned face.
        label: zero-based place in the publishers' order.
        row: zero-based place in the list of labels.
        original: `pathlib.Path` of the picture that the face was cut from, or
            None.
    """

    name: str
    path: pathlib.Path
    label: int
    row: int
    original: pathlib.Path | None = None

    @property
    def split(self):
        """One of `SPLITS`."""
        return self.name.partition("_")[0]


class Found(NamedTuple):
    """What a layout holds.

    Attributes:
        images: list of `Image`, by row.
        without_image: list of names that have a label and no image.
        without_label: list of `pathlib.Path` of images that have no label.
        left_out: list of `pathlib.Path` of images whose names are malformed.
        without_original: list of names of images that have no original, where
            others have; else empty.
    """

    images: list
    without_image: list
    without_label: list
    left_out: list
    without_original: list


def find_images(root, instructions):
    """Tell the layout of a folder by its files, and read it.

    Args:
        root: `pathlib.Path` of the folder that holds the folder `basic` or
            `DATASET`, or of one of these.
        instructions: how to get the files, for messages.

    Returns: a `Found`.

    Raises:
        FileNotFoundError: where there is neither layout, or no image in it.
        ValueError: where there are both, or labels or names are not as
            published.
    """
    official = [
        place
        for place in (root / BASIC, root)
        if (place / LABEL_LIST).is_file()
    ]
    mirror = [
        place
        for place in (root / MIRROR, root)
        if all((place / split).is_dir() for split in SPLITS)
    ]
    if official and mirror:
        raise ValueError(
            f"{root}: expected one of two layouts. {instructions} Received: "
            f"{official[0] / LABEL_LIST} and {mirror[0] / SPLITS[0]}"
        )
    if not official and not mirror:
        raise FileNotFoundError(
            f"{root}: expected {LABEL_LIST} or the folders train and test "
            f"here. {instructions} Received: neither"
        )
    found = (
        read_official(official[0], instructions)
        if official
        else read_mirror(mirror[0], instructions)
    )
    if not found.images:
        raise FileNotFoundError(
            f"{root}: expected images with names such as "
            f"train_00001_aligned.jpg, of {len(found.without_image)} labels. "
            f"{instructions} Received: "
            f"{len(found.without_label) + len(found.left_out)} others"
        )
    return found


def read_official(root, instructions):
    """Read the list of labels and pair it with the images, by their names.

    Args:
        root: `pathlib.Path` of the folder `basic`.
        instructions: how to get the files, for messages.

    Returns: a `Found`.

    Raises:
        ValueError: where a line is malformed, or a name is in the list or
            among the images twice.
    """
    labels = _read_list(root / LABEL_LIST, instructions)
    paths, left_out = _by_name(root / IMAGES, instructions)
    originals = {path.stem: path for path in image_files.find(root / ORIGINALS)}
    images = [
        Image(name, paths[name], label, row, originals.get(name))
        for row, (name, label) in enumerate(labels.items())
        if name in paths
    ]
    return Found(
        images,
        [name for name in labels if name not in paths],
        [path for name, path in paths.items() if name not in labels],
        left_out,
        [x.name for x in images if originals and x.original is None],
    )


def read_mirror(root, instructions):
    """Read the images in folders of splits and of labels.

    The mirror has no list. Its images get the order of the publishers', which
    has the training images first.

    Args:
        root: `pathlib.Path` of the folder that holds `train` and `test`.
        instructions: how to get the files, for messages.

    Returns: a `Found`.

    Raises:
        ValueError: where an image is there twice, or is not in a folder of its
            split and of a label.
    """
    images, all_left_out, wrong = [], [], []
    for split in SPLITS:
        paths, left_out = _by_name(root / split, instructions)
        all_left_out += left_out
        for name, path in sorted(paths.items()):
            folder = path.relative_to(root / split).parent.as_posix()
            if name.startswith(split) and CLASS_FOLDER.fullmatch(folder):
                images.append(Image(name, path, int(folder) - 1, len(images)))
            else:
                wrong.append(path.relative_to(root))
    if wrong:
        raise ValueError(
            f"{root}: expected images in folders such as train/1, named by "
            f"their split and the labels 1 to 7. {instructions} Received: "
            f"{image_files.listed(wrong)}"
        )
    return Found(images, [], [], all_left_out, [])


def _read_list(path, instructions):
    """Read the labels, zero-based, by name."""
    lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    lines = {at: line.strip() for at, line in enumerate(lines, 1)}
    lines = {at: line for at, line in lines.items() if line}
    parts = {at: LINE.fullmatch(line) for at, line in lines.items()}
    if wrong := [at for at, part in parts.items() if not part]:
        shown = [f"line {at}, {lines[at]!r}" for at in wrong]
        raise ValueError(
            f"{path}: expected lines such as train_00001.jpg 5, with five "
            f"digits for training, four for test, and a label from 1 to 7. "
            f"{instructions} Received: {image_files.listed(shown)}"
        )
    counts = collections.Counter(part[1] for part in parts.values())
    if twice := [name for name, count in counts.items() if count > 1]:
        raise ValueError(
            f"{path}: expected a line for each image. {instructions} "
            f"Received: twice or more {image_files.listed(twice)}"
        )
    return {part[1]: int(part[2]) - 1 for part in parts.values()}


def _by_name(root, instructions):
    """Map names to image files, and list those with malformed names."""
    names, left_out = {}, []
    for path in image_files.find(root):
        if part := IMAGE_NAME.fullmatch(path.name):
            names[path] = part[1].lower()
        else:
            left_out.append(path)
    image_files.check_single(names, root, instructions)
    return {name: path for path, name in names.items()}, left_out
