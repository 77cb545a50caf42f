"""Running rows: of a paper by its script or the command, or what waits."""

import shlex
import sys
import tempfile
import time
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import keras

import reproductions
from ferkeras.data import Datasets, is_own, mark_as_drawn
from ferkeras.names import nearest
from ferkeras.papers.paper import units
from ferkeras.reports.report import write_report
from ferkeras.runs.pending import cheapest_first, pending
from ferkeras.runs.record import (
    DRAWN,
    PUBLISHED,
    is_complete,
    read_record,
    refuse_to_mix,
)
from ferkeras.runs.work_queue import work_through
from ferkeras.training import devices, sharing
from reproductions.commands import arguments, run_arguments
from reproductions.commands.other_datasets import demo_of, on_dataset
from reproductions.commands.prepare import prepare


def rows_of(paper, names):
    """Names of the rows of some tables.

    Raises:
        ValueError: where the paper does not have one of these.
    """
    tables = {table.name: table for table in paper.tables}
    for name in names:
        if name not in tables:
            raise ValueError(
                f"{paper.key} has no table {name!r} here; "
                f"{nearest(name, tables)}."
            )
    return [row.name for name in names for row in tables[name].rows]


def folder_of(dataset):
    """Folder of results: of a user's own images, the name of these."""
    if not dataset:
        return "results"
    return dataset if is_own(dataset) else f"elsewhere/{dataset}"


def prepare_demo(paper, data_dir):
    """Draw and prepare what a paper's demonstration is on."""
    mark_as_drawn(data_dir)
    prepare(paper.demo.faces, data_dir)
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
    parser = run_arguments.script(paper.key)
    asked = parser.parse_args(words)
    asked.started, asked.error = time.monotonic(), parser.error
    script = ["python", "-m", f"reproductions.{paper.key}"]
    asked.command = shlex.join([*script, *words])
    try:
        run_paper(paper, asked)
    except (OSError, ValueError) as error:
        sys.exit(f"{paper.key}: {error}")


def set_up(results, asked):
    """Set up this process for what is asked for, before all else."""
    if asked.ray and not find_spec("ray"):
        asked.error("--ray needs Ray: python -m pip install -e '.[ray]'")
    if asked.devices and keras.backend.backend() != "jax":
        asked.error("--devices all needs JAX: set KERAS_BACKEND=jax")
    devices.configure(results / "work" / "compiled")
    # On a cluster, those that train do.
    if asked.devices and not asked.ray:
        sharing.share_batches()


def run_paper(paper, asked):
    """Run a paper's rows.

    Args:
        paper: a `Paper`.
        asked: what `run_arguments.add_run` reads, and when it `started`, the
            `command`, and the parser's `error`.

    Raises:
        OSError: where what a row needs is missing.
        ValueError: where results are of other images or another recipe.
    """
    default = "demo" if asked.demo else folder_of(asked.dataset)
    results = asked.results or Path(default)
    set_up(results, asked)
    default = results / "data" if asked.demo else run_arguments.DATA_DIR
    data_dir = Path(asked.data_dir or default).expanduser()
    # Never beside published datasets, whose names some of them have.
    data_dir = data_dir / "drawn" if asked.demo else data_dir
    datasets = Datasets(data_dir)
    source = datasets.source(asked.dataset) if asked.dataset else None
    drawn = asked.demo or (source and source.synthetic)
    kind = DRAWN if drawn else asked.dataset or PUBLISHED
    refuse_to_mix(results, paper, kind)
    if asked.demo:
        every = asked.all_rows or asked.rows or asked.tables
        here = demo_of(paper, asked.runs or 1, every)
    elif asked.dataset:
        here = on_dataset(paper, source)
    else:
        here = paper
    try:
        rows = [*asked.rows, *rows_of(here, asked.tables)]
        protocols = [asked.protocol] if asked.protocol else []
        wanted = units(here, rows, protocols, asked.runs)
    except ValueError as error:
        asked.error(
            f"{error} `ferkeras list --paper {paper.key}` has them all."
        )
    if asked.demo:
        prepare_demo(paper, data_dir)
    say_what_is_recorded(wanted, results)
    wanted = pending(wanted, results, datasets)
    run([here], wanted, results, datasets, asked)


def say_what_is_recorded(units, results):
    """Say how many of the runs asked for are not trained again."""
    done = sum(is_complete(read_record(results, unit)) for unit in units)
    if done:
        print(
            f"{done} of {len(units)} runs are recorded in {results}. To train "
            "them anew, name another folder with --results."
        )


def run_pending(asked):
    """Run what can be run here and is not recorded, of every paper.

    Args:
        asked: as of `run_paper`.
    """
    results = asked.results or Path("results")
    set_up(results, asked)
    data_dir = Path(asked.data_dir or run_arguments.DATA_DIR).expanduser()
    datasets = Datasets(data_dir)
    papers = reproductions.papers()
    for paper in papers:
        refuse_to_mix(results, paper, PUBLISHED)
    known = [unit for paper in papers for unit in units(paper)]
    known = cheapest_first(known, results)
    queue = pending(known, results, datasets, none_needed=True)
    if not queue:
        print("Every run that has its data is recorded.")
        return
    worked_on = {unit.paper.key: unit.paper for unit in queue}.values()
    run(worked_on, queue, results, datasets, asked)


def run(papers, units, results, datasets, asked):
    """Work through units and write their papers' reports.

    Ends the process with 3 where units are left, see `work_through`.
    """
    deadline = asked.time_budget and asked.started + asked.time_budget
    work = work_through
    if asked.ray:
        from ferkeras.cluster import driver

        at = {"address": asked.ray, "share_batches": bool(asked.devices)}
        work = partial(driver.work_through, **at)
    left = work(units, results, datasets, asked.command, deadline)
    for paper in papers:
        print(f"Tables and pictures: {write_report(paper, results)}")
    logs = f"tensorboard --logdir {results / 'work'}"
    print(after_demo(papers[0].key, logs) if asked.demo else f"Curves: {logs}")
    if left:
        sys.exit(3)


def after_demo(key, logs):
    """What to do next, a command a line."""
    program = arguments.program()
    what = {
        logs: "curves, confusion matrices",
        f"{program} list --paper {key}": "every row, and what it needs",
        f"{program} run {key} --demo --all-rows": "the other rows like this",
    }
    width = max(map(len, what))
    return "\n".join(["Next:", *(f"  {k:<{width}}  # {what[k]}" for k in what)])
