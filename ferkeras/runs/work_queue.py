"""Working through units within a time budget."""

import contextlib
import os
import time
from collections.abc import Callable
from concurrent.futures import wait
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from queue import Empty

from filelock import FileLock, Timeout

from ferkeras.data import Datasets
from ferkeras.limits import RESERVE, SCORING
from ferkeras.papers.paper import Unit
from ferkeras.runs.display import (
    Display,
    Report,
    key,
    name,
    progress_line,
    result,
)
from ferkeras.runs.fastest_way import (
    ONE_BY_ONE,
    PROCESSES,
    SHARED,
    SPAWN,
    fastest,
    workers,
)
from ferkeras.runs.first_weights import weights_of
from ferkeras.runs.grouping import companions
from ferkeras.runs.record import is_complete, read_record
from ferkeras.runs.reproduce import reproduce_together
from ferkeras.training.devices import accelerated
from ferkeras.training.sharing import shares_batches
from ferkeras.training.train import OutOfTime


@contextlib.contextmanager
def alone(results, unit):
    """Keep other processes from running a unit at the same time.

    Raises:
        filelock.Timeout: where another process runs it.
    """
    path = results / "work" / unit.folder / f"seed{unit.seed}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    # A soft lock would outlive a job that is killed.
    with FileLock(path, timeout=0, fallback_to_soft=False):
        yield


def check_locks(results):
    """See that files in a folder can be locked.

    Args:
        results: `pathlib.Path` of the results folder.

    Raises:
        OSError: where they cannot, as on an NFS server without them.
    """
    folder = results / "work"
    path = folder / f"lock-{os.getpid()}"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path, timeout=0, fallback_to_soft=False):
            pass
    except OSError as error:
        raise OSError(
            f"{folder}: files cannot be locked there ({error.strerror}), so "
            "that two jobs might train the same run. Name a folder on another "
            "file system with --results, or have this one mounted with locks."
        ) from error
    finally:
        path.unlink(missing_ok=True)


def claim(units, results, again, locks, say, coming=()):
    """Take what of some units is to be run, and nobody else has in hand.

    Args:
        units: list of `Unit`.
        results: `pathlib.Path` of the results folder.
        again: units that are recorded, but whose weights are not at hand, and
            others start from them.
        locks: `contextlib.ExitStack`, which holds what is taken.
        say: function that prints a line.
        coming: keys, as of `ferkeras.runs.display.key`, of units whose weights
            will be at hand in time.

    Returns:
        The units to be run; and those that are complete, each with its record.
    """
    ready, found = [], []
    for unit in units:
        if not all(
            weights_of(results, x) or key(x) in coming for x in unit.stages
        ):
            say(f"{unit}: waits for what it needs")
            continue
        try:
            locks.enter_context(alone(results, unit))
        except Timeout:
            say(f"{unit}: left to another process")
            continue
        entry = read_record(results, unit)
        lost = unit in again and not weights_of(results, unit)
        if lost or not is_complete(entry):
            ready.append(unit)
        else:
            found.append((unit, entry))
    return ready, found


@dataclass
class Queue:
    """What all units of a queue are run with.

    Attributes:
        results: `pathlib.Path` of the results folder.
        datasets: `ferkeras.data.Datasets`.
        command: the command line, for the records.
        deadline: `time.monotonic()` value after which not to train on.
        display: `Display`.
        say: function that prints a line.
        again: units that are recorded, but whose weights are not at hand, and
            others start from them.
    """

    results: Path
    datasets: Datasets
    command: str
    deadline: float | None
    display: Display
    say: Callable
    again: list[Unit]

    def next_group(self, units):
        """Units that are trained together, the first of some among them.

        Returns:
            List of `Unit`, and one of `ferkeras.runs.fastest_way.WAYS`.
        """
        at_once = accelerated("jax") and not shares_batches()
        group = companions(units, self.results, at_once)
        seeds = len({unit.seed for unit in group})
        way = ONE_BY_ONE
        if seeds > 1:
            first = group[0]
            images = self.datasets.card(
                first.row.dataset,
                first.protocol.splits,
                first.protocol.hold_outs,
                first.seed,
            )["images"][first.protocol.train]
            way = fastest(first.row, seeds, images, self.results, self.say)
        if way == ONE_BY_ONE:
            group = companions(units, self.results)
        return group, way

    def run(self, group, way, found):
        """Run what is not recorded of a group.

        Args:
            group: list of `Unit`.
            way: how, as of `next_group`.
            found: list that is given the units that are complete, each with
                its record; of processes, those too whose neighbours stop or
                fail.
        """
        with contextlib.ExitStack() as locks:
            ready, complete = claim(
                group, self.results, self.again, locks, self.say
            )
            found += complete
            if not ready:
                return
            if way == PROCESSES:
                self.in_processes(ready, found)
            else:
                given = self.results, self.datasets, self.command, self.deadline
                entries = together(ready, *given, self.display)
                found += zip(ready, entries, strict=True)

    def in_processes(self, units, found):
        """Train each seed's units in a process; `found` as of `run`."""
        seeds = [list(x) for _, x in groupby(units, lambda unit: unit.seed)]
        told = SPAWN.Queue()
        with workers(len(seeds), self.results, told) as pool:
            arguments = self.results, self.datasets, self.command, self.deadline
            jobs = [pool.submit(in_process, x, *arguments) for x in seeds]
            while wait(jobs, 0.5).not_done:
                with contextlib.suppress(Empty):
                    while True:
                        self.display.on_epoch_end(*told.get_nowait())
        errors = [job.exception() for job in jobs]
        for its_units, job, error in zip(seeds, jobs, errors, strict=True):
            if not error:
                found += zip(its_units, job.result(), strict=True)
        # A fault is told; that time is up shows soon enough.
        errors.sort(key=lambda error: isinstance(error, OutOfTime))
        for error in filter(None, errors):
            raise error


def together(units, results, datasets, command, deadline, callback):
    """`reproduce_together`, which is done in time."""
    # Each is scored and exported at the end.
    deadline = deadline and deadline - SCORING * (len(units) - 1)
    return reproduce_together(
        units, results, datasets, command, deadline, [callback]
    )


def in_process(units, results, datasets, command, deadline):
    """`together`, told of to another process."""
    (told,) = SHARED
    report = Report(lambda *epoch: told.put(epoch))
    return together(units, results, datasets, command, deadline, report)


def stopped(stop, left, count):
    """Why a queue stopped, and how it goes on, in a line.

    Args:
        stop: `OutOfTime` or `KeyboardInterrupt`.
        left: number of units to go.
        count: of all.
    """
    why = "Time is up" if isinstance(stop, OutOfTime) else "Stopped"
    return (
        f"{why}: {left} of {count} runs to go. The same command goes on from "
        "here."
    )


def work_through(units, results, datasets, command, deadline=None):
    """Run units, those together that can be, until all are done or time is up.

    Args:
        units: what `pending` returned, in the order of work.
        results: `pathlib.Path` of the results folder.
        datasets: `ferkeras.data.Datasets`.
        command: the command line, for the records.
        deadline: `time.monotonic()` value at which to be done; None for no
            limit. An epoch that would not end in time, judging by the longest
            before it, is not begun, and one that turns out not to is given up;
            the same call later goes on from there.

    Returns:
        The number of units that are still to do, those that other processes
        have in hand, and those that failed, included.

    Raises:
        OSError: as `check_locks`, before the first unit.
    """
    check_locks(results)
    deadline = deadline and deadline - RESERVE
    waiting, left = list(units), len(units)
    again = [u for u in units if is_complete(read_record(results, u))]
    with progress_line() as progress:
        display, say = Display(progress, units), progress.console.print
        queue = Queue(results, datasets, command, deadline, display, say, again)
        while waiting:
            group, found, stop = waiting[:1], [], None
            try:
                if deadline and time.monotonic() > deadline:
                    raise OutOfTime
                group, way = queue.next_group(waiting)
                display.start(group)
                queue.run(group, way, found)
            except (OutOfTime, KeyboardInterrupt) as error:
                stop = error
            except Exception:
                # One row's fault must not leave a lent machine idle.
                progress.console.print_exception()
                say(f"{name(group)}: failed, see above")
            waiting = [unit for unit in waiting if unit not in group]
            left -= len(found)
            for unit, entry in found:
                say(result(unit, entry))
            if stop:
                say(stopped(stop, left, len(units)))
                break
    return left
