"""Finds the images of RAF-DB and their labels in both of its layouts."""

import collections
import pathlib
import re
from typing import NamedTuple

from ferkeras import folders
from tfds_builders import image_files, text_files

SPLITS = ("train", "test")
LABEL_LIST = pathlib.Path("EmoLabel", "list_patition_label.txt")
# Some copies have spelt it right.
LABEL_LISTS = (LABEL_LIST, LABEL_LIST.with_name("list_partition_label.txt"))
IMAGES = pathlib.Path("Image", "aligned")
ORIGINALS = pathlib.Path("Image", "original")
BASIC, MIRROR = "basic", "DATASET"
# Names that copies of the mirror have for the folder of test images.
TESTS = ("test", "valid", "val", "validation")
# Five digits for training, four for test.
STEM = r"(train_[0-9]{5}|test_[0-9]{4})"
# What some copies have in further columns is not read.
LINE = re.compile(rf"{STEM}(?:_aligned)?\.jpg[\s,]+([1-7])(?:[\s,].*)?")
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
    root = folders.inside(root, lambda x: any(_layouts(x)))
    official, mirror = _layouts(root)
    if official and mirror:
        raise ValueError(
            f"{root}: expected one of two layouts. {instructions} Received: "
            f"{official[0]} and {mirror[0]['train']}"
        )
    if not official and not mirror:
        raise FileNotFoundError(
            f"{root}: expected {LABEL_LIST} or the folders train and test "
            f"here. {instructions} Received: neither{folders.advice(root)}"
        )
    found = (
        read_official(official[0], instructions)
        if official
        else read_mirror(mirror[0], instructions)
    )
    if not found.images:
        # The publishers' images are in an archive of their own.
        images = (official[0].parent.parent if official else root) / IMAGES
        raise FileNotFoundError(
            f"{root}: expected images with names such as "
            f"train_00001_aligned.jpg, of {len(found.without_image)} labels. "
            f"{instructions} Received: "
            f"{len(found.without_label) + len(found.left_out)} others"
            f"{folders.advice(images)}"
        )
    return found


def _layouts(root):
    """Lists of labels, and dicts of the mirror's splits to their folders."""
    lists = [
        place / name
        for place in (root / BASIC, root)
        for name in LABEL_LISTS
        if (place / name).is_file()
    ]
    mirrors = []
    for place in (root / MIRROR, root):
        below = {
            path.name.lower(): path
            for path in (place.iterdir() if place.is_dir() else ())
            if path.is_dir()
        }
        tests = [below[name] for name in TESTS if name in below]
        if "train" in below and tests:
            mirrors.append({"train": below["train"], "test": tests})
    return lists, mirrors


def read_official(path, instructions):
    """Read the list of labels and pair it with the images, by their names.

    Args:
        path: `pathlib.Path` of the list, in a folder of the folder `basic`.
        instructions: how to get the files, for messages.

    Returns: a `Found`.

    Raises:
        ValueError: where a line is malformed, or a name is in the list or
            among the images twice.
    """
    root = path.parent.parent
    labels = _read_list(path, instructions)
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


def read_mirror(places, instructions):
    """Read the images in folders of splits and of labels.

    The mirror has no list. Its images get the order of the publishers', which
    has the training images first.

    Args:
        places: dict of "train" to the `pathlib.Path` of its folder, and of
            "test" to a list of those that may be its.
        instructions: how to get the files, for messages.

    Returns: a `Found`.

    Raises:
        ValueError: where a third split is there, an image is there twice, or
            is not in a folder of its split and of a label.
    """
    train, tests = places["train"], places["test"]
    root = train.parent
    if len(tests) > 1:
        raise ValueError(
            f"{root}: expected the two splits that are published. "
            f"{instructions} Received: "
            f"{', '.join(path.name for path in (train, *tests))}"
        )
    images, all_left_out, wrong = [], [], []
    for split, place in zip(SPLITS, (train, *tests), strict=True):
        paths, left_out = _by_name(place, instructions)
        all_left_out += left_out
        for name, path in sorted(paths.items()):
            folder = path.relative_to(place).parent.as_posix()
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
    text_files.start_of(path, instructions)
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
