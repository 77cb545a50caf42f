"""`python -m reproductions`: list rows, prepare datasets, write reports."""

import argparse
import json
import operator
import shlex
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ferkeras import devices, how_to_run
from ferkeras.bench import LIMITS, bench
from ferkeras.costs import read_costs, write_costs
from ferkeras.data import Datasets, npz_path
from ferkeras.page import write_page
from ferkeras.paper import units
from ferkeras.pending import cheapest_first, pending
from ferkeras.record import PUBLISHED, refuse_to_mix
from ferkeras.report import write_report
from ferkeras.start import can_run
from ferkeras.summary import summarise
from ferkeras.tables import percent
from reproductions import papers
from reproductions.bench import NETWORKS
from reproductions.command_line import DATA_DIR, add_time_budget, positive, run
from reproductions.prepare import prepare

README = Path(__file__).parent.parent / "README.md"


def list_rows(asked):
    """Print every row, what is recorded of it and how to run what is not."""
    datasets, costs = Datasets(asked.data_dir), read_costs(asked.results)
    found = [
        line for paper in papers() for line in summarise(paper, asked.results)
    ]
    lines = [line.as_json(can_run(line.row, datasets)) for line in found]
    if asked.json:
        how = (
            how_to_run.as_json(line, values["status"], costs)
            for line, values in zip(found, lines, strict=True)
        )
        lines = list(map(operator.or_, lines, how))
        print(json.dumps(lines, indent=1))
        return
    table = Table(*lines[0], box=None, header_style="bold")
    for line in lines:
        cells = [
            percent(value)
            if isinstance(value, float) or value is None
            else str(value)
            for value in line.values()
        ]
        table.add_row(*cells)
    # A pipe has no width; a file that wraps is of no use.
    console = Console()
    console = console if console.is_terminal else Console(width=300)
    console.print(table)
    not_run = [
        line
        for line, values in zip(found, lines, strict=True)
        if values["status"] == how_to_run.NOT_RUN
    ]
    if not_run:
        print(f"\n{how_to_run.text(not_run, costs)}")


def prepare_dataset(asked):
    """Prepare one dataset."""
    source = prepare(asked.dataset, asked.data_dir, asked.manual_dir, asked.npz)
    for split in source.splits:
        faces = source.faces(split)
        print(
            f"{source.name} {source.version} {split}: {len(faces.labels)} "
            f"images, fingerprint {faces.fingerprint}"
        )
        if source.crops:
            counts = (f"{k} in {n}" for k, n in source.crops[split].items())
            print(f"{split}: {', '.join(counts)} (the whole frame)")
    if npz_path(source.name, asked.data_dir).exists():
        print(npz_path(source.name, asked.data_dir))


def write_reports(asked):
    """Write every paper's report, and the page of all of them."""
    for paper in papers():
        refuse_to_mix(asked.results, paper, PUBLISHED)
    ours = asked.results.resolve() == README.parent / "results"
    if ours:
        print(write_costs(papers(), asked.results))
    for paper in papers():
        print(write_report(paper, asked.results))
    print(write_page(papers(), asked.results))


def write_bench(asked):
    """Measure how fast networks train here, and write it."""
    devices.configure(asked.results / "work" / "compiled")
    path = bench(NETWORKS, asked.results, limit=asked.time_budget)
    print(f"{path}\n{path.with_suffix('.csv')}\n{path.with_suffix('.png')}")


def run_pending(asked):
    """Run what can be run here and is not recorded, of every paper."""
    started = time.monotonic()
    deadline = asked.time_budget and started + asked.time_budget
    devices.configure(asked.results / "work" / "compiled")
    datasets = Datasets(asked.data_dir)
    known = [unit for paper in papers() for unit in units(paper)]
    for paper in papers():
        refuse_to_mix(asked.results, paper, PUBLISHED)
    known = cheapest_first(known, asked.results)
    queue = pending(known, asked.results, datasets)
    if not queue:
        print("Every run that has its data is recorded.")
        return
    worked_on = {unit.paper.key: unit.paper for unit in queue}.values()
    run(worked_on, queue, asked.results, datasets, asked.command, deadline)


def main(words=None):
    """Run the command.

    Args:
        words: command-line words; those of the process when None.
    """
    arguments = argparse.ArgumentParser(prog="python -m reproductions")
    shared = argparse.ArgumentParser(add_help=False)
    for parser in (arguments, shared):
        parser.add_argument(
            "--data-dir",
            default=DATA_DIR,
            type=lambda text: Path(text).expanduser(),
            help=f"folder of prepared datasets ({DATA_DIR})",
        )
        parser.add_argument("--results", type=Path, default=Path("results"))
    arguments.add_argument("--json", action="store_true")
    arguments.set_defaults(do=list_rows)
    commands = arguments.add_subparsers(title="other commands")
    command = commands.add_parser(
        "prepare", parents=[shared], help="prepare a dataset"
    )
    command.set_defaults(do=prepare_dataset)
    command.add_argument(
        "dataset",
        help="such as ferplus/plurality, kdef/faces48 or, for "
        "a folder of your own images, own/NAME",
    )
    command.add_argument("--manual-dir", help="folder of the files")
    command.add_argument(
        "--npz",
        action="store_true",
        help="also write the file that machines without TensorFlow read",
    )
    command = commands.add_parser(
        "report", parents=[shared], help="write every report"
    )
    command.set_defaults(do=write_reports)
    command = commands.add_parser(
        "bench",
        parents=[shared],
        help="measure how many images a second the networks train on here, "
        "beside a common way to write it",
    )
    command.set_defaults(do=write_bench)
    command.add_argument(
        "--time-budget",
        type=positive,
        metavar="SECONDS",
        help="begin no further measurement after these "
        f"({LIMITS[0]}; on a processor {LIMITS[1]})",
    )
    command = commands.add_parser(
        "run",
        parents=[shared],
        help="run what is not recorded and has its data, of every paper, the "
        "emptiest rows first and the cheapest among them",
    )
    command.set_defaults(do=run_pending)
    command.add_argument("--pending", action="store_true", required=True)
    add_time_budget(command)
    words = sys.argv[1:] if words is None else words
    asked = arguments.parse_args(words)
    asked.command = shlex.join(["python", "-m", "reproductions", *words])
    try:
        asked.do(asked)
    except (OSError, ValueError) as error:
        sys.exit(f"reproductions: {error}")


if __name__ == "__main__":
    main()
