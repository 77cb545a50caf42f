"""Reads a folder of a user's own images."""

import collections
import os
import re
import unicodedata
from functools import partial
from pathlib import Path

import numpy as np

from ferkeras import folders
from ferkeras.data import Faces, Source
from ferkeras.data.encoded import EncodedImages
from reproductions.commands.checked_files import contents_of, look_at
from reproductions.commands.own_files import (
    LAYOUT,
    is_image,
    leave_out,
    look_beside,
    refuse_archive,
    refuse_loose,
    walk,
)
from tfds_builders import image_files

# In any case, and also with "set" behind them. The last are FER2013's.
SPLITS = {
    "train": ("train", "training", "trn"),
    "validation": ("validation", "valid", "val", "dev", "publictest"),
    "test": ("test", "testing", "tst", "privatetest"),
}


def read_own(dataset, folder):
    """Read which images a folder holds.

    Every image is decoded, so that what is prepared can be trained on. What
    is left out is told in one warning, by its reason.

    Args:
        dataset: `"own/<name>"`, what to call it.
        folder: holds a folder for each split, which holds one for each class;
            a class is named by its folder.

    Returns:
        `Source`; classes in the order of their names, images within them too.

    Raises:
        FileNotFoundError: where there is no folder, or no `train` or `test`.
        ValueError: for a split or class that is there twice or is not
            understood, fewer than two classes, a class without images to
            train on, a split without images, images that are in no class's
            folder, and a file that gives no pixels.
    """
    if folder is None:
        raise FileNotFoundError(f"Name a folder with --manual-dir. {LAYOUT}")
    folder = Path(folder).expanduser()
    root = folders.inside(folder, has_split)
    if not root.exists():
        raise FileNotFoundError(f"There is no folder {folder}. {LAYOUT}")
    left_out = collections.defaultdict(list)
    for above in (x for x in root.parents if x.is_relative_to(folder)):
        look_beside(above, set(), split_of, left_out)
    found = {
        split: images_of(place, left_out)
        for split, place in places_of(root, left_out).items()
    }
    names = {key: shown(name) for key, (name, _) in found["train"].items()}
    if len(names) < 2:
        raise ValueError(
            f"{root / 'train'} needs images of two classes at least. "
            f"{LAYOUT} Received: {', '.join(names.values()) or 'none'}"
        )
    for split, classes in found.items():
        if unknown := [
            classes[key][0] for key in sorted({*classes} - {*names})
        ]:
            raise ValueError(
                f"{root / split} has classes without images to train on: "
                f"{', '.join(unknown)}. {LAYOUT}"
            )
        if not classes:
            raise ValueError(f"{root / split} has no images. {LAYOUT}")

    paths = [
        path
        for classes in found.values()
        for _, paths in classes.values()
        for path in paths
    ]
    looks = look_at(paths, root)
    image_files.tell(
        root,
        {
            reason: [os.path.relpath(path, root) for path in sorted(paths)]
            for reason, paths in left_out.items()
        },
    )
    keys = sorted(names, key=names.get)

    def read(split):
        paths = [found[split].get(key, ("", []))[1] for key in keys]
        labels = np.repeat(np.arange(len(keys)), [*map(len, paths)])
        contents = partial(contents_of, sum(paths, []), looks)
        files = EncodedImages(contents, len(labels))
        return Faces(files, labels, np.arange(len(labels)))

    return Source(
        dataset, "1.0.0", tuple(names[key] for key in keys), tuple(found), read
    )


def split_of(name):
    """The split that a folder's name means, or None."""
    plain = re.sub(r"[\s_-]", "", name.lower()).removesuffix("set")
    return next((x for x, names in SPLITS.items() if plain in names), None)


def has_split(folder):
    """Whether a folder holds one of a split."""
    return any(split_of(path.name) for path in folders.below(folder))


def places_of(root, left_out):
    """Folders of the splits, a dict by their names.

    Args:
        root: `pathlib.Path` of the folder that holds them.
        left_out: dict of reasons to paths, to which to add.

    Raises:
        FileNotFoundError, ValueError: as `read_own`.
    """
    places, others = {}, []
    for path in folders.below(root):
        split = split_of(path.name)
        if split is None:
            others.append(path)
        elif split in places:
            raise ValueError(
                f"{places[split]} and {path} both mean {split}: move one away."
            )
        else:
            places[split] = path
    for split in ("train", "test"):
        if split not in places:
            there = ", ".join(path.name for path in folders.below(root)[:9])
            raise FileNotFoundError(
                f"There is no {root / split}{folders.advice(root)}. {LAYOUT}"
                + (f" Received: the folders {there}" if there else "")
            )
    for path in others:
        if any(is_image(file) for file in folders.walk(path).found):
            raise ValueError(
                f"{path} holds images, and its name means no split: name it "
                "train, validation or test, or move it away."
            )
        left_out["folders without images, left out"].append(path)
    look_beside(root, {*places}, split_of, left_out)
    # Such as train/train/CLASS, as some programs unpack.
    for split, place in places.items():
        below = folders.below(place)
        if len(below) == 1 and split_of(below[0].name) == split:
            places[split] = below[0]
            classes = {class_of(x.name) for x in folders.below(below[0])}
            look_beside(place, classes, class_of, left_out)
    return {split: places[split] for split in SPLITS if split in places}


def shown(name):
    """A class's name, however the file system stored its letters."""
    return unicodedata.normalize("NFC", name).strip()


def class_of(name):
    """What tells a class's folder from others: not upper or lower case."""
    return shown(name).casefold()


def images_of(place, left_out):
    """The images of each class of a split.

    Args:
        place: `pathlib.Path` of the split's folder.
        left_out: dict of reasons to paths, to which to add.

    Returns:
        dict of `class_of` a name to the name and a list of paths.

    Raises:
        ValueError: as `read_own`.
    """
    found, loose, unread = {}, [], {}
    there = {class_of(path.name) for path in folders.below(place)}
    for path in walk(place, left_out):
        top, *below = path.relative_to(place).parts
        if not is_image(path):
            if not below:
                refuse_archive(path, there, class_of)
            if leave_out(path, left_out) and below:
                unread[class_of(top)] = path
        elif not below:
            loose.append(path.name)
        else:
            if not top.isprintable():
                raise ValueError(
                    f"{place}/{ascii(top)}: a class's name must be text: "
                    "rename the folder."
                )
            folder, paths = found.setdefault(class_of(top), (top, []))
            if folder != top:
                raise ValueError(
                    f"{place / folder} and {place / top} mean one class: put "
                    "their images into one folder."
                )
            paths.append(path)
    refuse_loose(place, loose)
    for key, path in unread.items():
        if key not in found:
            raise ValueError(
                f"{path} and what is beside it is not read, and there are no "
                "other images of the class: save them as JPEG or PNG."
            )
    left_out["folders without images, left out"] += [
        path
        for path in folders.below(place)
        if class_of(path.name) not in found
    ]
    return found
