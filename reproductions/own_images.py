"""A folder of your own images as a dataset, and a paper's rows on it."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from ferkeras.data import Faces, HoldOut, Source, files_on_disk
from ferkeras.protocol import Protocol
from tfds_builders import image_files

LAYOUT = (
    "The folder holds train/CLASS/ and test/CLASS/ with the images of each "
    "class and, if you like, validation/CLASS/ to choose the epoch by."
)
SPLITS = ("train", "validation", "test")
THREE_FOLDERS = Protocol(
    "clean",
    *SPLITS,
    "three folders of images: trained on the first, the epoch chosen on the "
    "second, the third scored once.",
)
TWO_FOLDERS = Protocol(
    "clean",
    "train",
    "held out",
    "test",
    "two folders of images: trained on nine tenths of the first, the epoch "
    "chosen on the others, the second scored once.",
    (HoldOut("held out", of="train", share=0.1),),
)


def read_own(dataset, folder):
    """Read which images a folder holds.

    Args:
        dataset: `"own/<name>"`, what to call it.
        folder: holds a folder for each split, which holds one for each class;
            a class is named by its folder.

    Returns:
        `Source`; classes in the order of their names, images within them too.

    Raises:
        FileNotFoundError: where there is no folder, or no `train` or `test`.
        ValueError: for another name, fewer than two classes, a class that has
            no images to train on, or one that `train` does not have, and for a
            file that is empty, cut short or no image.
    """
    if not re.fullmatch(r"own/[\w-]+", dataset):
        raise ValueError(
            "Your own images are called own/ and a name of letters, digits, _ "
            f"and -. Received: {dataset!r}"
        )
    if folder is None:
        raise FileNotFoundError(f"Name a folder with --manual-dir. {LAYOUT}")
    folder = Path(folder)
    for name in ("train", "test"):
        if not (folder / name).is_dir():
            raise FileNotFoundError(f"There is no {folder / name}. {LAYOUT}")
    splits = [name for name in SPLITS if (folder / name).is_dir()]
    found = {name: images_of(folder / name) for name in splits}
    classes = sorted(name for name, paths in found["train"].items() if paths)
    if len(classes) < 2:
        raise ValueError(
            f"{folder / 'train'} needs images of two classes at least. "
            f"{LAYOUT} Received: {', '.join(classes) or 'none'}"
        )
    for name in splits:
        unknown = sorted({*found[name]} - {*classes})
        if unknown:
            raise ValueError(
                f"{folder / name} has classes without images to train on: "
                f"{', '.join(unknown)}. {LAYOUT}"
            )

    def read(split):
        paths = [found[split].get(name, []) for name in classes]
        labels = np.repeat(np.arange(len(classes)), [*map(len, paths)])
        files = files_on_disk(sum(paths, []))
        return Faces(files, labels, np.arange(len(labels)))

    return Source(dataset, "1.0.0", tuple(classes), tuple(splits), read)


def images_of(folder):
    """The images in each folder of a folder, checked: a dict of name to paths.

    Raises:
        ValueError: as `read_own`, for files.
    """
    found = {
        path.name: image_files.find(path)
        for path in sorted(folder.iterdir())
        if path.is_dir() and path.name[0] != "."
    }
    for paths in found.values():
        image_files.check_whole(paths, folder, LAYOUT)
    return found


def on_own(paper, source):
    """A paper's rows, their recipes unchanged, on your own images.

    Args:
        paper: a `Paper`.
        source: the prepared `Source`.

    Returns:
        A `Paper` that reports no numbers, under one clean protocol.
    """
    three = "validation" in source.splits

    def moved(row):
        return replace(row, reported={}, dataset=source.name)

    tables = tuple(
        replace(
            table,
            protocols=(THREE_FOLDERS if three else TWO_FOLDERS,),
            rows=tuple(map(moved, table.rows)),
            note=f"On {source.name}, not on the paper's images.",
        )
        for table in paper.tables
    )
    # Which row is better may be asked of any images; the rest is the paper's.
    figures = tuple(replace(figure, classes=()) for figure in paper.figures)
    return replace(paper, tables=tables, figures=figures, statements=())
