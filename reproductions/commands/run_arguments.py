"""What running a paper takes; without Keras, for help that comes at once."""

import argparse
import ast
from pathlib import Path

from reproductions import keys
from reproductions.commands.argument_types import budget, dataset, positive

DATA_DIR = "~/tensorflow_datasets"
GOES_ON = (
    "Runs that are recorded are skipped, and a run that was stopped goes on, "
    "so the same command can be given again."
)
# Of `--ray`.
RAY_HELP = "many runs at once: on the Ray cluster there; without ADDRESS, here"


def title_of(key):
    """First line of a paper's file, which is not imported."""
    source = (Path(__file__).parents[1] / f"{key}.py").read_text()
    return ast.get_docstring(ast.parse(source)).splitlines()[0]


def script(key):
    """Parser of a paper's script."""
    parser = argparse.ArgumentParser(
        prog=f"python -m reproductions.{key}", epilog=GOES_ON
    )
    return add_run(parser, key)


def help_of_script(words):
    """Print the help of a paper's script and leave; else, do nothing.

    Args:
        words: those that Python was started with.
    """
    package, _, key = words[words.index("-m") + 1].partition(".")
    if package == "reproductions" and key in keys():
        parser = script(key)
        parser.description = title_of(key)
        parser.parse_args(["--help"])


def add_run(parser, key="PAPER"):
    """Add to a parser what running a paper takes, and return it."""
    add = parser.add_argument
    add(
        "--rows",
        nargs="+",
        default=[],
        metavar="ROW",
        help=f"only these, as `ferkeras list --paper {key}` names them",
    )
    add(
        "--tables",
        nargs="+",
        default=[],
        metavar="TABLE",
        help="only the rows of these",
    )
    add("--protocol", "--split", help="only this one: paper, clean, trial, ...")
    add(
        "--runs",
        type=positive,
        help="runs a row, each from its own seed (several, as each table "
        "says; the demo: 1)",
    )
    add(
        "--data-dir",
        help=f"folder of prepared datasets ({DATA_DIR}; the demo's own)",
    )
    add_time_budget(parser)
    add("--ray", nargs="?", const="local", metavar="ADDRESS", help=RAY_HELP)
    add("--devices", choices=["all"], help="share batches over GPUs (JAX only)")
    add(
        "--results",
        type=Path,
        help="folder for records, report and pictures (results; the demo: "
        "demo); logs and models go into its folder work",
    )
    images = parser.add_mutually_exclusive_group()
    images.add_argument(
        "--dataset",
        type=dataset,
        metavar="NAME",
        help="another prepared dataset in place of the paper's: raf_db, "
        "ferplus/half, or own/NAME for your own images; results go to the "
        "folder elsewhere/NAME or own/NAME",
    )
    images.add_argument(
        "--demo",
        action="store_true",
        help="a few epochs on drawn faces, under a clean protocol: the rows "
        "that show the paper's idea",
    )
    add("--all-rows", action="store_true", help="the demo of every row")
    return parser


def add_time_budget(parser):
    """Add `--time-budget` to a parser."""
    parser.add_argument(
        "--time-budget",
        type=budget,
        metavar="SECONDS",
        help="stop in time, leaving everything ready to go on",
    )
