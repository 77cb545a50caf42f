"""What the commands on trained models take; without Keras, for fast help."""

from pathlib import Path

from ferkeras.trained.zoo import DEFAULT, RESULTS
from reproductions.commands.argument_types import (
    dataset,
    file,
    folder,
    positive,
)

MODEL = (
    "its name, as `ferkeras models` lists it, or the path of a .keras file or "
    "a SavedModel"
)
FORMATS = ("saved_model", "keras", "onnx", "tflite")


def add_predict(subparsers):
    """Add the command for photographs and videos."""
    command = subparsers.add_parser(
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
        type=folder,
        metavar="FOLDER",
        help="write the pictures and videos with boxes and bars drawn into "
        "them",
    )


def add_models(subparsers, shared):
    """Add the command that lists the trained models."""
    command = subparsers.add_parser(
        "models", parents=[shared], help="list the trained models that ship"
    )
    command.set_defaults(results=RESULTS)


def add_export(subparsers, shared):
    """Add the command that writes a model for other programs."""
    command = subparsers.add_parser(
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


def add_evaluate(subparsers, shared):
    """Add the command that scores a model on another dataset."""
    command = subparsers.add_parser(
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
    add("--json", type=file, metavar="FILE", help="write the scores here too")
