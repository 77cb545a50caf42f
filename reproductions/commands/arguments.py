"""What the commands take; without Keras, for help that comes at once."""

import argparse
import ast
import sys
from pathlib import Path

from ferkeras import limits
from ferkeras.reports.listing import STATUSES
from ferkeras.trained.zoo import DEFAULT, RESULTS
from reproductions import keys
from reproductions.commands.argument_types import (
    budget,
    dataset,
    file,
    positive,
)

DATA_DIR = "~/tensorflow_datasets"
MODEL = (
    "its name, as `ferkeras models` lists it, or the path of a .keras file or "
    "a SavedModel"
)
FORMATS = ("saved_model", "keras", "onnx", "tflite")
GOES_ON = (
    "Runs that are recorded are skipped, and a run that was stopped goes on, "
    "so the same command can be given again."
)
# Of `--ray`.
MANY = "many runs at once: on the Ray cluster there; without ADDRESS, here"


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
    add("--ray", nargs="?", const="local", metavar="ADDRESS", help=MANY)
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


def add_predict(found):
    """Add the command for photographs and videos to the subparsers."""
    command = found.add_parser(
        "predict",
        help="name the expressions in photos, folders, videos or a webcam",
        description="Find the faces in photos and videos and name their "
        "expressions: a line a face, and one for each picture without. Leaves "
        "with 1 where a file could not be read.",
    )
    add = command.add_argument
    add(
        "paths",
        nargs="+",
        metavar="PATH",
        help="photo, video or folder of them; 0 is the first webcam, which "
        "Ctrl-C ends",
    )
    add(
        "--model",
        default=DEFAULT,
        help=f"{MODEL} (%(default)s)",
    )
    add(
        "--cropped",
        action="store_true",
        help="each picture is a face, cut out already: detect none",
    )
    add(
        "--every",
        type=positive,
        default=1,
        metavar="N",
        help="of a video, look at each Nth frame",
    )
    add("--csv", type=file, metavar="FILE", help="write a table")
    add("--json", type=file, metavar="FILE", help="write a list, for programs")
    add(
        "--annotate",
        type=Path,
        metavar="FOLDER",
        help="write the pictures and videos with boxes and bars drawn into "
        "them",
    )


def add_models(found, shared):
    """Add the commands on trained models.

    Args:
        found: subparsers of the command.
        shared: parser of the folders.
    """
    command = found.add_parser(
        "models", parents=[shared], help="list the trained models that ship"
    )
    command.set_defaults(results=RESULTS)
    command = found.add_parser(
        "export",
        parents=[shared],
        help="write a trained model for other programs",
        description="Write a trained model as a file for other programs, and "
        "test that against the model on 100 images.",
    )
    command.set_defaults(results=RESULTS)
    add = command.add_argument
    add("model", help=MODEL)
    add("--to", choices=FORMATS, required=True)
    add("--path", type=Path, help="what to write (here, by the model's name)")
    command = found.add_parser(
        "evaluate",
        parents=[shared],
        help="score a trained model on any prepared dataset",
        description="Score a trained model on another dataset, whose classes "
        "are matched by name: happy is happiness.",
    )
    command.set_defaults(results=RESULTS)
    add = command.add_argument
    add("model", help=MODEL)
    add("--dataset", type=dataset, metavar="NAME", required=True)
    add(
        "--split",
        help="part to score, or several joined by + (test; all, where there "
        "is none)",
    )
    add("--json", type=Path, metavar="FILE", help="write the scores here too")


def program():
    """How the command was called."""
    name = Path(sys.argv[0]).name
    return "ferkeras" if name == "ferkeras" else "python -m reproductions"


def commands():
    """Parser of the command, whose `do` names what was asked for."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--data-dir",
        default=DATA_DIR,
        type=lambda text: Path(text).expanduser(),
        help=f"folder of prepared datasets ({DATA_DIR})",
    )
    shared.add_argument("--results", type=Path, default=Path("results"))
    parser = argparse.ArgumentParser(
        prog=program(),
        description="Papers on facial expressions, row by row. Without a "
        "command, the list.",
    )
    found = parser.add_subparsers(title="commands", dest="do")

    command = found.add_parser(
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

    command = found.add_parser(
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

    command = found.add_parser(
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

    add_predict(found)
    found.add_parser("report", parents=[shared], help="write every report")
    add_models(found, shared)

    command = found.add_parser(
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
    return parser
