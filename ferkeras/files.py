"""Files that are written whole or not at all."""

import contextlib
import os
from pathlib import Path


@contextlib.contextmanager
def open_whole(path):
    """Open a binary file that takes its place only once it is complete.

    Readers, and a run after a kill, see all of it or the one before.

    Args:
        path: file to write; its folder is made.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".tmp")
    try:
        with open(partial, "wb") as file:
            yield file
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def write_whole(path, content):
    """Write a file so that readers see all of it or the one before.

    Args:
        path: `pathlib.Path`; its folder is made.
        content: str or bytes.
    """
    with open_whole(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)
