"""Working through units within a time budget."""

import contextlib
import math
import time

import keras
from filelock import FileLock, Timeout
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from ferkeras.record import (
    is_complete,
    read_record,
    refuse_to_overwrite,
)
from ferkeras.reproduce import reproduce
from ferkeras.start import require, weights_of
from ferkeras.train import OutOfTime

# Seconds kept back for scoring, exporting and reporting the unit in hand.
RESERVE = 30


class Display(keras.callbacks.Callback):
    """One line of progress for the whole queue, in epochs.

    Args:
        progress: `rich.progress.Progress` with fields `now` and `left`.
        units: list of `Unit`, in the order of work.
    """

    def __init__(self, progress, units):
        super().__init__()
        self.progress, self.units = progress, list(units)
        self.seconds = {}
        self.behind = 0
        total = sum(unit.row.recipe.epochs for unit in units)
        self.task = progress.add_task("", total=total, now="", left="?")

    def start(self, unit):
        """Turn to the next unit."""
        self.unit = unit
        self.units.remove(unit)
        self.progress.update(
            self.task, completed=self.behind, now=f"{unit}: compiling"
        )
        self.behind += unit.row.recipe.epochs

    def on_epoch_end(self, epoch, logs=None):
        epochs = self.unit.row.recipe.epochs
        self.seconds[self.unit.row.name] = logs["seconds"]
        task = self.unit.row.task
        score = task.printed(logs[f"val_{task.metric}"])
        text = f"{self.unit}: epoch {epoch + 1} of {epochs}, "
        text += f"{score} on selection data"
        self.progress.update(
            self.task,
            completed=self.behind - epochs + epoch + 1,
            now=text,
            left=duration(self.seconds_left(epochs - epoch - 1)),
        )

    def seconds_left(self, epochs):
        """Estimate from each row's last epoch; rows not seen as the mean."""
        mean = sum(self.seconds.values()) / len(self.seconds)
        left = epochs * self.seconds[self.unit.row.name]
        for unit in self.units:
            an_epoch = self.seconds.get(unit.row.name, mean)
            left += unit.row.recipe.epochs * an_epoch
        return left


def duration(seconds):
    """Hours, minutes and seconds, as `1:02:03`."""
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def pending(units, results, datasets):
    """Choose the units to run; name those whose dataset is not prepared.

    Before a unit come those that it starts from, where their weights are not
    at hand, whether asked for or not.

    Args:
        units: list of `Unit`.
        results: `pathlib.Path` of the results folder.
        datasets: `ferkeras.data.Datasets`.

    Returns:
        The units that have no complete record and can be run here.

    Raises:
        FileNotFoundError: where there are units and none has its dataset and
            its published weights.
        ValueError: where a unit has the record of another recipe.
    """
    units = [u for u in units if not is_complete(read_record(results, u))]
    missing, ready = {}, []
    for unit in units:
        stages = [x for x in unit.stages if not weights_of(results, x)]
        try:
            for each in (*stages, unit):
                require(each.row, datasets)
        except FileNotFoundError as error:
            missing[str(error)] = error
            continue
        ready += [x for x in (*stages, unit) if x not in ready]
    if missing and not ready:
        raise next(iter(missing.values()))
    for text in missing:
        Console(stderr=True).print(f"Rows skipped: {text}")
    for unit in ready:
        refuse_to_overwrite(results, unit)
    return ready


def cheapest_first(units, results):
    """Order units of several papers for a machine that is lent for a while.

    First seeds come first, so that the emptiest rows do. Among them, rows of
    which a run is recorded come by the seconds that it took, then the others
    by epochs times pixels of an image.

    Args:
        units: list of `Unit`.
        results: `pathlib.Path` of the results folder.
    """
    seconds = {}
    for unit in units:
        entry = read_record(results, unit)
        if is_complete(entry):
            row = unit.paper.key, unit.row.name
            seconds[row] = min(entry["seconds"], seconds.get(row, math.inf))

    def cost(unit):
        known = seconds.get((unit.paper.key, unit.row.name))
        pixels = unit.row.recipe.epochs * unit.row.image_size**2
        return unit.seed, known is None, known or pixels

    return sorted(units, key=cost)


@contextlib.contextmanager
def alone(results, unit):
    """Keep other processes from running a unit at the same time.

    Raises:
        filelock.Timeout: where another process runs it.
    """
    path = results / "work" / unit.folder / f"seed{unit.seed}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path, timeout=0):
        yield


def work_through(units, results, datasets, command, deadline=None):
    """Run units one after the other, until they are done or time is up.

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
    """
    deadline = deadline and deadline - RESERVE
    left = len(units)
    # Recorded, but their weights are not at hand, and others start from them.
    again = [u for u in units if is_complete(read_record(results, u))]
    columns = (
        BarColumn(20),
        TextColumn("{task.fields[now]}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]} left"),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        display = Display(progress, units)
        for unit in units:
            display.start(unit)
            try:
                if deadline and time.monotonic() > deadline:
                    raise OutOfTime
                if not all(weights_of(results, x) for x in unit.stages):
                    progress.console.print(f"{unit}: waits for what it needs")
                    continue
                with alone(results, unit):
                    entry = read_record(results, unit)
                    lost = unit in again and not weights_of(results, unit)
                    if lost or not is_complete(entry):
                        entry = reproduce(
                            unit,
                            results,
                            datasets,
                            command,
                            deadline,
                            [display],
                        )
            except Timeout:
                progress.console.print(f"{unit}: left to another process")
                continue
            except (OutOfTime, KeyboardInterrupt) as stop:
                why = "Time is up" if isinstance(stop, OutOfTime) else "Stopped"
                progress.console.print(
                    f"{why}: {left} of {len(units)} runs to go. The same "
                    "command goes on from here."
                )
                break
            except Exception:
                # One row's fault must not leave a lent machine idle.
                progress.console.print_exception()
                progress.console.print(f"{unit}: failed, see above")
                continue
            left -= 1
            task = unit.row.task
            progress.console.print(
                f"{unit}: {entry['scores'][task.metric]:.2f} {task.unit} on "
                f"{unit.protocol.test}, {duration(entry['seconds'])}"
            )
    return left
