"""Walks over folders as phones, NAS systems, archives and editors leave them.

What they put beside a person's files is passed over, and told by its reason.
"""

import collections
import contextlib
import os
import pathlib
import stat
from typing import NamedTuple

SIDE = "side files of systems and programs"
WAITING = "placeholders of iCloud, not downloaded"
UNFINISHED = "backups or unfinished copies"
NOWHERE = "links to nothing, or to a folder that is read already"
SPECIAL = "pipes, sockets or devices"
# In lower case. Synology, QNAP, NetApp; macOS; Windows; Linux.
SIDE_NAMES = frozenset(
    (
        *("@eadir", "@tmp", "@recycle", "@sharebin", "@synoresource"),
        *("#recycle", "#snapshot", "~snapshot", "@recently-snapshot"),
        *("__macosx", "icon\r", "network trash folder", "temporary items"),
        *("thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini"),
        *("$recycle.bin", "recycler", "system volume information"),
        *("lost+found", "_vti_cnf", "_gsdata_", "resource.frk"),
        *("picasa.ini", "__pycache__"),
    )
)
UNFINISHED_ENDS = (
    *("~", ".bak", ".old", ".orig", ".swp", ".tmp", ".temp"),
    *(".part", ".partial", ".crdownload", ".opdownload", ".download"),
    *(".filepart", ".!ut", ".!qb", ".aria2"),
)
ARCHIVES = (
    *(".zip", ".tar", ".gz", ".tgz", ".bz2", ".tbz", ".xz", ".txz", ".zst"),
    *(".7z", ".rar"),
)
# Suffixes of images that are not read, by what they are.
UNREAD = {
    "HEIC photographs": (".heic", ".heif", ".hif"),
    "raw files of cameras": (
        *(".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf"),
        *(".gpr", ".iiq", ".kdc", ".mef", ".mos", ".mrw", ".nef", ".nrw"),
        *(".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srf"),
        *(".srw", ".x3f"),
    ),
    "files of editors": (
        *(".ai", ".afphoto", ".clip", ".eps", ".kra", ".ora", ".pdf", ".pdn"),
        *(".psb", ".psd", ".svg", ".xcf"),
    ),
    "images of other formats": (
        *(".exr", ".hdr", ".ico", ".jxl", ".pam", ".pcx", ".pfm", ".pic"),
        *(".qoi", ".tga"),
    ),
}
KINDS = UNREAD | {
    "archives": ARCHIVES,
    "videos": (
        *(".3gp", ".avi", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpg"),
        *(".mts", ".webm", ".wmv"),
    ),
}


class Files(NamedTuple):
    """What is in a folder and all folders below it.

    Attributes:
        found: list of `pathlib.Path` of files, by path.
        passed_over: dict of a reason to a list of `pathlib.Path`.
    """

    found: list
    passed_over: dict


def why_passed_over(name):
    """Reason to pass over a file or folder by its name, or None."""
    lower = name.lower()
    if lower.startswith(".") and lower.endswith(".icloud"):
        return WAITING
    # What Windows notes of where a file is from, copied as a file of its own.
    is_note = lower.endswith(":zone.identifier")
    if lower.startswith(".") or lower in SIDE_NAMES or is_note:
        return SIDE
    # What an office program locks a file by.
    if lower.endswith(UNFINISHED_ENDS) or lower.startswith("~$"):
        return UNFINISHED
    return None


def kind_of(name):
    """What a file is by its suffix, where none is read: a key of `KINDS`."""
    suffix = pathlib.PurePath(name.lower()).suffix
    kinds = (kind for kind, suffixes in KINDS.items() if suffix in suffixes)
    return next(kinds, "other files")


def walk(root, deep=True):
    """List the files in a folder and all folders below it.

    Links are followed, and a folder is read once. Only folders are opened.

    Args:
        root: `pathlib.Path` of the folder; there may be none.
        deep: whether to go into the folders below.

    Returns: `Files`.

    Raises:
        OSError: where a folder cannot be read, with its name.
    """
    found, passed_over = [], collections.defaultdict(list)
    with reading(root):
        folders = [root] if root.is_dir() else []
    # Links last, so that a folder is read under its own name. Those that the
    # folder itself is in would lead back to it.
    above = (x.stat() for x in root.resolve().parents if folders)
    links, read = [], {(x.st_dev, x.st_ino) for x in above}
    while folders or links:
        folder = folders.pop() if folders else links.pop(0)
        with reading(folder):
            status = folder.stat()
            here = status.st_dev, status.st_ino
            if here in read:
                passed_over[NOWHERE].append(folder)
                continue
            read.add(here)
            for entry in os.scandir(folder):
                path = pathlib.Path(entry.path)
                if reason := why_passed_over(entry.name) or _fault(entry):
                    passed_over[reason].append(path)
                elif entry.is_dir():
                    if deep:
                        later = links if entry.is_symlink() else folders
                        later.append(path)
                else:
                    found.append(path)
        links.sort()
    return Files(
        sorted(found),
        {reason: sorted(paths) for reason, paths in passed_over.items()},
    )


@contextlib.contextmanager
def reading(path):
    """Have an `OSError` name what was read, and say what to do."""
    try:
        yield
    except OSError as error:
        if error.strerror is None:
            # It does already.
            raise
        raise type(error)(
            f"{error.filename or path}: cannot be read ({error.strerror}). "
            "Make it readable, and change nothing while it is read"
        ) from error


def inside(root, is_there):
    """Go into a folder that holds one folder only, as archives unpack.

    Args:
        root: `pathlib.Path` of the folder.
        is_there: `folder -> bool`, whether it holds what is looked for.

    Returns: the first folder that holds it, or `root` where none does.
    """
    folder = root
    with reading(root):
        while not is_there(folder):
            if len(only := below(folder)) != 1:
                return root
            (folder,) = only
    return folder


def below(folder):
    """List the folders in a folder, by name, but for those passed over."""
    with reading(folder):
        return sorted(
            path
            for path in (folder.iterdir() if folder.is_dir() else ())
            if path.is_dir() and not why_passed_over(path.name)
        )


def unpacked(name):
    """What an archive unpacks as, by its name; None for no archive."""
    stem = name
    while pathlib.PurePath(stem.lower()).suffix in ARCHIVES:
        stem = pathlib.PurePath(stem).stem
    return None if stem == name else stem


def advice(root):
    """What to do where files are missing, to follow a message; or ""."""
    if not root.exists():
        root = root.parent
    if root.is_file():
        return f". {root} is a file: name a folder, an archive unpacked"
    names = [path.name for path in walk(root, deep=False).found]
    packed = [name for name in names if unpacked(name)]
    return f". Unpack {', '.join(packed[:3])} first" if packed else ""


def _fault(entry):
    try:
        mode = entry.stat().st_mode
    except OSError:
        if entry.is_symlink():
            return NOWHERE
        raise
    return None if stat.S_ISDIR(mode) or stat.S_ISREG(mode) else SPECIAL
