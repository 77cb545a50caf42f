"""What the commands take; without Keras, for help that comes at once."""

import argparse
import sys
from pathlib import Path

from ferkeras import limits
from ferkeras.reports.listing import STATUSES
from reproductions import keys
from reproductions.commands.argument_types import positive
from reproductions.commands.model_arguments import (
    add_evaluate,
    add_export,
    add_models,
    add_predict,
)
from reproductions.commands.run_arguments import DATA_DIR, GOES_ON, add_run


def program():
    """How the command was called."""
    name = Path(sys.argv[0]).name
    return "ferkeras" if name == "ferkeras" else "python -m reproductions"


def commands():
    """Parser of the command, whose `do` names what was asked for."""
    parser = argparse.ArgumentParser(
        prog=program(),
        description="Papers on facial expressions, row by row. Without a "
        "command, the list.",
    )
    shared = folder_options()
    subparsers = parser.add_subparsers(title="commands", dest="do")
    # The help has them in this order.
    add_list(subparsers, shared)
    add_run_command(subparsers)
    add_prepare(subparsers, shared)
    add_predict(subparsers)
    subparsers.add_parser("report", parents=[shared], help="write every report")
    add_models(subparsers, shared)
    add_export(subparsers, shared)
    add_evaluate(subparsers, shared)
    add_bench(subparsers, shared)
    return parser


def folder_options():
    """Parser of the folders, which most commands take."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--data-dir",
        default=DATA_DIR,
        type=lambda text: Path(text).expanduser(),
        help=f"folder of prepared datasets ({DATA_DIR})",
    )
    shared.add_argument("--results", type=Path, default=Path("results"))
    return shared


def add_list(subparsers, shared):
    """Add the command that lists every row."""
    command = subparsers.add_parser(
        "list",
        parents=[shared],
        help="every row, what is recorded of it and how to run what is not",
    )
    command.set_defaults(error=command.error)
    add = command.add_argument
    add("--paper", choices=keys(), help="rows of this one")
    add("--status", choices=STATUSES, help="rows of which this holds")
    add("--dataset", help="rows on this one: ck_plus, ferplus/plurality, ...")
    add("--json", action="store_true", help="for programs")


def add_run_command(subparsers):
    """Add the command that runs a paper, or what waits."""
    command = subparsers.add_parser(
        "run",
        help="run a paper, or what waits of every paper",
        description="Run a paper, or with --pending what is not recorded and "
        "has its data, of every paper, the emptiest rows first and the "
        "cheapest among them.",
        epilog=GOES_ON,
    )
    which = command.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "paper",
        nargs="?",
        choices=keys(),
        metavar="PAPER",
        help=", ".join(keys()),
    )
    which.add_argument(
        "--pending", action="store_true", help="what waits of every paper"
    )
    add_run(command)
    command.set_defaults(error=command.error)


def add_prepare(subparsers, shared):
    """Add the command that prepares a dataset."""
    command = subparsers.add_parser(
        "prepare", parents=[shared], help="prepare a dataset"
    )
    add = command.add_argument
    add("dataset", help="such as kdef/faces48; own/NAME for your own images")
    add("--manual-dir", help="folder of the files")
    add(
        "--npz",
        action="store_true",
        help="also write the file that machines without TensorFlow read",
    )


def add_bench(subparsers, shared):
    """Add the command that measures how fast networks train."""
    command = subparsers.add_parser(
        "bench",
        parents=[shared],
        help="measure how many images a second the networks train on here, "
        "beside a common way to write it",
    )
    command.add_argument(
        "--time-budget",
        type=positive,
        metavar="SECONDS",
        help="begin no further measurement after these "
        f"({limits.BENCH[0]}; on a processor {limits.BENCH[1]})",
    )
