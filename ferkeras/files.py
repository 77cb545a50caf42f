"""Files that are written whole or not at all."""

import contextlib
import errno
import glob
import os
import platform
import shutil
import threading
import time
from pathlib import Path

FULL = tuple(map(os.strerror, (errno.ENOSPC, errno.EDQUOT)))
LEFT = 3600  # seconds after which nobody writes to a file any more


@contextlib.contextmanager
def room_for(path, size=None):
    """Have a full disk told in one line, whoever finds it full.

    Args:
        path: what is written.
        size: function that gives how many bytes it may take; None where that
            is little.

    Raises:
        OSError: where the disk is full.
    """
    try:
        yield
    except Exception as error:
        if not any(text in str(x) for x in chain_of(error) for text in FULL):
            raise
        path = Path(path)
        there = next(x for x in (path, *path.absolute().parents) if x.exists())
        needed = f"it takes up to {megabytes(size())}, and " if size else ""
        raise OSError(
            f"{path}: the disk is full: {needed}"
            f"{megabytes(shutil.disk_usage(there).free)} are free. Free some, "
            "or name a folder on another disk. Nothing is left half-written."
        ) from error


def chain_of(error):
    """An exception, and those in whose handling it was raised."""
    while error:
        yield error
        error = error.__cause__ or error.__context__


def megabytes(size):
    """A number of bytes for people."""
    return f"{max(size / 1e6, 0.1):,.1f} MB"


@contextlib.contextmanager
def open_whole(path, size=None):
    """Open a binary file that takes its place only once it is complete.

    Readers, and a run after a kill, see all of it or the one before. Of
    several that write at once, the last to end has it.

    Args:
        path: file to write; its folder is made.
        size: as in `room_for`; what a kill left of such a file goes, if nobody
            has written to it for an hour.

    Raises:
        OSError: as `room_for`, and for whatever else prevents it.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    mine = f"{platform.node()}-{os.getpid()}-{threading.get_ident()}"
    partial = path.with_name(f"{path.name}.{mine}.tmp")
    if size:
        drop_leftovers(path)
    with room_for(path, size):
        try:
            with open(partial, "wb") as file:
                yield file
            os.replace(partial, path)
        finally:
            partial.unlink(missing_ok=True)


def drop_leftovers(path):
    """Delete what writers of a file that were killed left beside it."""
    for partial in path.parent.glob(f"{glob.escape(path.name)}.*.tmp"):
        with contextlib.suppress(OSError):  # another's, or gone by now
            if time.time() - partial.stat().st_mtime > LEFT:
                partial.unlink()


def write_whole(path, content):
    """Write a file so that readers see all of it or the one before.

    Args:
        path: `pathlib.Path`; its folder is made.
        content: str or bytes.
    """
    with open_whole(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)
