"""Folders of one's own images, named `own/desk`."""

from reproductions.commands.own_images import read_own
from tests.files import GREY, saved

PNG = saved(GREY, ".png")


def write(folder, names):
    for name in names if isinstance(names, dict) else dict.fromkeys(names, PNG):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(names[name] if isinstance(names, dict) else PNG)
    return folder


def two_classes(folder):
    """Two classes of one image each, in `train` and `test`."""
    places = (f"{x}/{y}" for x in ("train", "test") for y in ("happy", "sad"))
    return write(folder, [f"{place}/0.png" for place in places])


def count(folder, split="train"):
    return len(read_own("own/desk", folder).faces(split).labels)
