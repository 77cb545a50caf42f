"""The papers: one file each, found by its name, author and year.

And `reference.py`, of our own models, in the same manner.
"""

import importlib
import sys
import time
from pathlib import Path

# Before a paper imports Keras: it says what TensorFlow reads when imported.
import ferkeras  # noqa: F401

OURS = "reference"
BEGAN = time.time()  # before any paper is imported


def sources():
    """Files of the papers, their recipes among them, a list of paths."""
    found = (x for folder in __path__ for x in Path(folder).glob("*.py"))
    return sorted(x for x in found if is_paper(x.stem.partition("_")[0]))


def is_paper(name):
    """Whether a module's name is that of a paper, or of our own models."""
    return name[-4:].isdigit() or name == OURS


def keys():
    """The papers' keys, in their order."""
    return [path.stem for path in sources() if "_" not in path.stem]


def paper(key):
    """The `Paper` of a key."""
    return importlib.import_module(f"reproductions.{key}").PAPER


def papers():
    """Every `Paper`, in the order of their keys."""
    return [paper(key) for key in keys()]


# Python imports this before the paper of `python -m reproductions.<paper>`,
# which imports Keras: seconds, for a page of help, or to find the wrong OpenCV.
if sys.argv[0] == "-m" and {"-h", "--help"} & {*sys.argv}:
    from reproductions.commands import run_arguments

    run_arguments.help_of_script(sys.orig_argv)
elif sys.argv[0] == "-m" and "reproductions." in " ".join(sys.orig_argv):
    try:
        from ferkeras import opencv  # noqa: F401
    except ImportError as error:
        sys.exit(f"ferkeras: {error}")
