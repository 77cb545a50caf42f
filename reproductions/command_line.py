"""The command line of a paper's script."""

import argparse
import shlex
import sys
import tempfile
import time
from pathlib import Path

from ferkeras import devices
from ferkeras.data import Datasets, is_own, mark_as_drawn
from ferkeras.paper import units
from ferkeras.pending import pending
from ferkeras.record import DRAWN, PUBLISHED, refuse_to_mix
from ferkeras.report import write_report
from ferkeras.work_queue import RESERVE, work_through
from reproductions.elsewhere import DEMO, demo_of, on_own
from reproductions.prepare import prepare

DATA_DIR = "~/tensorflow_datasets"


def parser(paper):
    """Arguments of a paper's script."""
    arguments = argparse.ArgumentParser(
        prog=f"python -m reproductions.{paper.key}",
        description=f"Reproduce {paper.title}.",
        epilog="Runs that are recorded are skipped, and a run that was stopped "
        "goes on, so the same command can be given again.",
    )
    add = arguments.add_argument
    add(
        "--rows",
        nargs="+",
        default=[],
        metavar="ROW",
        help="only these: " + "; ".join(row.name for row in paper.rows),
    )
    add(
        "--tables",
        nargs="+",
        default=[],
        metavar="TABLE",
        choices=[table.name for table in paper.tables],
        help="only the rows of these: "
        + "; ".join(table.name for table in paper.tables),
    )
    add(
        "--protocol",
        "--split",
        choices=list(dict.fromkeys(p.name for p in paper.protocols)),
        help="only this one",
    )
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
    add_time_budget(arguments)
    add(
        "--results",
        type=Path,
        help="folder for records, report and pictures (results; the demo: "
        "demo); logs and models go into its folder work",
    )
    images = arguments.add_mutually_exclusive_group()
    images.add_argument(
        "--dataset",
        type=own,
        metavar="own/NAME",
        help="your own images, prepared, in place of the paper's; results go "
        "to the folder own/NAME",
    )
    images.add_argument(
        "--demo",
        action="store_true",
        help=f"{paper.demo_epochs} epochs on a few hundred drawn faces, under "
        "a clean protocol",
    )
    return arguments


def add_time_budget(arguments):
    """Add `--time-budget` to a parser."""
    arguments.add_argument(
        "--time-budget",
        type=budget,
        metavar="SECONDS",
        help="stop in time, leaving everything ready to go on",
    )


def budget(text):
    """Seconds that leave some to train in."""
    if int(text) <= RESERVE:
        raise argparse.ArgumentTypeError(
            f"must be more than the {RESERVE} s kept back for scoring. "
            f"Received: {text}"
        )
    return int(text)


def own(text):
    """Name of a user's own images."""
    if not is_own(text):
        raise argparse.ArgumentTypeError(
            "takes own/ and the name that your images were prepared under. "
            f"Received: {text}"
        )
    return text


def positive(text):
    """A whole number above zero."""
    if int(text) < 1:
        raise ValueError
    return int(text)


def rows_of(paper, names):
    """Names of the rows of some tables.

    Raises:
        ValueError: where these tables are left out on other images.
    """
    tables = [table for table in paper.tables if table.name in names]
    if names and not tables:
        raise ValueError(
            f"Here, {paper.key} has: "
            f"{'; '.join(table.name for table in paper.tables)}. "
            f"Received: {'; '.join(names)}"
        )
    return [row.name for table in tables for row in table.rows]


def prepare_demo(paper, data_dir):
    """Draw and prepare what a paper's demonstration is on."""
    mark_as_drawn(data_dir)
    prepare(DEMO, data_dir)
    for dataset, draw in paper.drawn.items():
        with tempfile.TemporaryDirectory() as folder:
            draw(Path(folder))
            prepare(dataset, data_dir, folder)


def main(paper, words=None):
    """Run a paper's rows and write its report.

    Args:
        paper: a `Paper`.
        words: command-line words; those of the process when None.
    """
    words = sys.argv[1:] if words is None else words
    asked = parser(paper).parse_args(words)
    started = time.monotonic()
    command = shlex.join(["python", "-m", f"reproductions.{paper.key}", *words])
    deadline = asked.time_budget and started + asked.time_budget
    default = "demo" if asked.demo else asked.dataset or "results"
    results = asked.results or Path(default)
    devices.configure(results / "work" / "compiled")
    default = results / "data" if asked.demo else DATA_DIR
    data_dir = Path(asked.data_dir or default).expanduser()
    # Never beside published datasets, whose names some of them have.
    data_dir = data_dir / "drawn" if asked.demo else data_dir
    datasets = Datasets(data_dir)
    try:
        kind = DRAWN if asked.demo else asked.dataset or PUBLISHED
        refuse_to_mix(results, paper, kind)
        if asked.demo:
            prepare_demo(paper, data_dir)
            paper = demo_of(paper, asked.runs or 1)
        elif asked.dataset:
            paper = on_own(paper, datasets.source(asked.dataset))
        protocols = [asked.protocol] if asked.protocol else []
        rows = [*asked.rows, *rows_of(paper, asked.tables)]
        wanted = units(paper, rows, protocols, asked.runs)
        wanted = pending(wanted, results, datasets)
    except (OSError, ValueError) as error:
        sys.exit(f"{paper.key}: {error}")
    run([paper], wanted, results, datasets, command, deadline)


def run(papers, units, results, datasets, command, deadline):
    """Work through units and write their papers' reports.

    Ends the process with 3 where units are left, see `work_through`.
    """
    left = work_through(units, results, datasets, command, deadline)
    for paper in papers:
        print(f"Tables and pictures: {write_report(paper, results)}")
    print(f"Curves: tensorboard --logdir {results / 'work'}")
    if left:
        sys.exit(3)
