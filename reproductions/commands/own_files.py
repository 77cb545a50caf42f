"""What lies in a folder of a user's own images: read, left out or refused."""

from ferkeras import folders
from ferkeras.image_file import SUFFIXES
from reproductions.commands.checked_files import look
from tfds_builders import image_files

LAYOUT = (
    "The folder holds train/CLASS/ and test/CLASS/ with the images of each "
    "class and, if you like, validation/CLASS/ to choose the epoch by."
)


def look_beside(place, there, key_of, left_out):
    """Leave out the files beside folders that are read, or refuse them.

    Args:
        place: `pathlib.Path` of the folder of those folders.
        there: set of what the folders mean.
        key_of: function of what a folder's name means, or None.
        left_out: dict of reasons to paths, to which to add.

    Raises:
        ValueError: for images, and archives in place of a folder.
    """
    loose = []
    for path in walk(place, left_out, deep=False):
        refuse_archive(path, there, key_of)
        if is_image(path):
            loose.append(path.name)
        else:
            leave_out(path, left_out)
    refuse_loose(place, loose)


def refuse_loose(place, names):
    """Refuse images beside the folders that they should be in.

    Args:
        place: `pathlib.Path` of the folder of those.
        names: of the images; none is as it should be.

    Raises:
        ValueError: where there is one.
    """
    if names:
        listed = image_files.listed(names)
        raise ValueError(f"{place} has images of no class: {listed}. {LAYOUT}")


def refuse_archive(path, there, key_of):
    """Refuse an archive where a folder should be.

    Args:
        path: `pathlib.Path` of any file.
        there: set of what folders beside it mean.
        key_of: function of what a folder's name means, or None.

    Raises:
        ValueError: where it means another one.
    """
    name = folders.unpacked(path.name)
    if name and key_of(name) not in {None, *there}:
        raise ValueError(
            f"{path} is an archive in place of a folder: unpack it, or move "
            "it away."
        )


def walk(folder, left_out, deep=True):
    """The files in a folder by name, as `folders.walk`; adds to `left_out`."""
    files = folders.walk(folder, deep)
    for reason, paths in files.passed_over.items():
        left_out[f"{reason}, passed over"] += paths
    return sorted(files.found, key=lambda path: (path.name.upper(), path))


def leave_out(path, left_out):
    """Add a file to those left out, and return whether it is an image."""
    kind = folders.kind_of(path.name)
    is_unread = kind in folders.UNREAD
    what = "left out until saved as JPEG or PNG" if is_unread else "left out"
    left_out[f"{kind}, {what}"].append(path)
    return is_unread


def is_image(path):
    """Whether a file is read: by its suffix, or without one by its content."""
    suffix = path.suffix.strip().lower()
    if suffix:
        return suffix in SUFFIXES
    return look(path).fault is None
