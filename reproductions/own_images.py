"""Reads a folder of a user's own images."""

from pathlib import Path

import numpy as np

from ferkeras.data import Faces, Source, files_on_disk
from tfds_builders import image_files

LAYOUT = (
    "The folder holds train/CLASS/ and test/CLASS/ with the images of each "
    "class and, if you like, validation/CLASS/ to choose the epoch by."
)
SPLITS = ("train", "validation", "test")


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
        ValueError: for fewer than two classes, a class without images to
            train on, a split without images, images that are in no class's
            folder, and a file that is empty, cut short or no image.
    """
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
        if not any(found[name].values()):
            raise ValueError(f"{folder / name} has no images. {LAYOUT}")

    def read(split):
        paths = [found[split].get(name, []) for name in classes]
        labels = np.repeat(np.arange(len(classes)), [*map(len, paths)])
        files = files_on_disk(sum(paths, []))
        return Faces(files, labels, np.arange(len(labels)))

    return Source(dataset, "1.0.0", tuple(classes), tuple(splits), read)


def images_of(folder):
    """The images in each folder of a folder, checked: a dict of name to paths.

    Raises:
        ValueError: for images outside such folders, and as `read_own` for
            files.
    """
    loose = [path for path in image_files.find(folder) if path.parent == folder]
    if loose:
        names = image_files.listed([path.name for path in loose])
        raise ValueError(f"{folder} has images of no class: {names}. {LAYOUT}")
    found = {
        path.name: image_files.find(path)
        for path in sorted(folder.iterdir())
        if path.is_dir() and path.name[0] != "."
    }
    for paths in found.values():
        image_files.check_whole(paths, folder, LAYOUT)
    return found
