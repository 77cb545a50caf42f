"""What a worker of a cluster does: units, from files to files."""

import contextlib
import hashlib
import os
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import keras
import ray
from filelock import FileLock

from ferkeras.cluster.driver_files import CHUNK
from ferkeras.data import Datasets
from ferkeras.dataset_names import is_prepared
from ferkeras.files import write_whole
from ferkeras.limits import SCORING
from ferkeras.runs.display import Report, key
from ferkeras.runs.first_weights import weights_folder, weights_of
from ferkeras.runs.grouping import grouped
from ferkeras.runs.record import path_of, read_record
from ferkeras.runs.reproduce import reproduce_together
from ferkeras.runs.run_folder import SNAPSHOT, WITHIN
from ferkeras.training import devices, sharing
from ferkeras.training.train import OutOfTime
from ferkeras.weights import FILES

SHARE = 0.1  # of the time, that sending may take
# What a machine keeps, for all runs on it.
CACHE = Path(tempfile.gettempdir()) / f"ferkeras-{os.getuid()}"


@dataclass(frozen=True)
class Order:
    """What all units of a queue are run with, on whatever machine.

    Attributes:
        results: `pathlib.Path` of the results folder, absolute.
        mark: name of a file in its folder `work`: where it is seen, the
            folder is shared.
        data_dir: `pathlib.Path` of the prepared datasets, absolute.
        command: the command line, for the records.
        share_batches: whether each run shares its batches over all cards of
            its machine.
    """

    results: Path
    mark: str
    data_dir: Path
    command: str
    share_batches: bool


def work_of(unit):
    """A unit's own folder below the results, as text."""
    return f"work/{unit.folder}/seed{unit.seed}"


def log_of(unit):
    """File of what a unit's worker prints, below the results, as text."""
    return f"{work_of(unit)}.log"


def run(keeper, order, share, units, *stages):
    """Run units of one seed that are trained together; a task of Ray.

    Args:
        keeper: handle of the `Keeper`.
        order: `Order`.
        share: of a card's memory; 0 without one.
        units: list of `Unit`.
        *stages: what the tasks returned whose weights the units start from.

    Returns:
        The records.

    Raises:
        OutOfTime: at the deadline.
    """
    seconds = ray.get(keeper.seconds_left.remote())
    reserve = SCORING * (len(units) - 1)
    deadline = seconds and time.monotonic() + seconds - reserve
    if deadline and time.monotonic() > deadline:
        raise OutOfTime
    with contextlib.ExitStack() as stack:
        results, callbacks = order.results, []
        cache = results / "work"
        if not (cache / order.mark).exists():
            folder = tempfile.TemporaryDirectory(prefix="ferkeras-")
            results, cache = Path(stack.enter_context(folder)), CACHE
            fetch(keeper, units, results)
            sender = Sender(keeper, results, units)
            callbacks.append(sender)
            stack.callback(sender.send)
        stack.enter_context(logged(results / log_of(units[0])))
        if share:
            stack.enter_context(sharing.share_memory(share))
        else:
            mine = ray.get_runtime_context().get_assigned_resources()
            sharing.share_cores(int(mine["CPU"]))
        devices.configure(cache / "compiled")
        if order.share_batches:
            sharing.share_batches()
        datasets = datasets_here(keeper, units[0].row, order.data_dir)
        tell = partial(told, keeper, units[0])
        found = {
            key(unit): read_record(results, unit)
            for unit in units
            if weights_of(results, unit)
        }
        left = [unit for unit in units if key(unit) not in found]
        # Where a worker died, one may be done, or further than another.
        for group in grouped(left, results):
            entries = reproduce_together(
                group,
                results,
                datasets,
                order.command,
                deadline,
                [*callbacks, Report(tell)],
            )
            found |= zip(map(key, group), entries, strict=True)
        return [found[key(unit)] for unit in units]


def told(keeper, unit, epoch, logs):
    """Tell of an epoch, in the log too."""
    print(f"{unit}: epoch {epoch + 1}, {logs}", flush=True)
    keeper.tell.remote(key(unit), epoch, logs)


@contextlib.contextmanager
def logged(path):
    """Append what the process writes, C++ included, and its end to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = [os.dup(1), os.dup(2)]
    with open(path, "a") as log:
        for number in (1, 2):
            os.dup2(log.fileno(), number)
    try:
        yield
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for number, file in enumerate(kept, 1):
            os.dup2(file, number)
            os.close(file)


def fetch(keeper, units, results):
    """Bring what is there of units, and what they start from, to a folder."""
    tops = []
    for unit in units:
        tops += work_of(unit), log_of(unit)
        tops += (f"{work_of(stage)}/model.keras" for stage in unit.stages)
        tops += (
            str(path_of("", each, ".json")) for each in (unit, *unit.stages)
        )
    for path in sum(ray.get([keeper.below.remote(x) for x in tops]), []):
        write_whole(results / path, ray.get(keeper.read.remote(path)))


class Sender(keras.callbacks.Callback):
    """Send what is new of units, with every snapshot.

    Args:
        keeper: handle of the `Keeper`.
        results: `pathlib.Path` of a folder that holds nothing else.
        units: list of `Unit`.
    """

    def __init__(self, keeper, results, units):
        super().__init__()
        self.keeper, self.results = keeper, results
        self.snapshots = [
            results / work_of(unit) / name
            for unit in units
            for name in (SNAPSHOT, WITHIN)
        ]
        self.sent, self.rested = changes(results.rglob("*")), 0.0

    def send(self):
        """Send what is new, and delete what is no longer there."""
        began, there = time.monotonic(), changes(self.results.rglob("*"))
        new = [path for path, at in there.items() if self.sent.get(path) != at]
        for path in sorted(new, key=self._turn):
            self._write(path, path.read_bytes())
        for path in {*self.sent} - {*there}:
            self._write(path, None)
        self.sent, now = there, time.monotonic()
        self.rested = now + (now - began) / SHARE

    def _turn(self, path):
        """What makes others count comes after them."""
        top, *_ = path.relative_to(self.results).parts
        record = path.suffix == ".json" and top != "work"
        return record, path in self.snapshots, path

    def _write(self, path, content):
        path = str(path.relative_to(self.results))
        ray.get(self.keeper.write.remote(path, content))

    def _send_snapshots(self):
        if time.monotonic() > self.rested and any(
            self.sent.get(path) != at
            for path, at in changes(self.snapshots).items()
        ):
            self.send()

    def on_epoch_end(self, epoch, logs=None):
        self._send_snapshots()

    def on_train_batch_end(self, batch, logs=None):
        self._send_snapshots()


def changes(paths):
    """When each that is a file was changed."""
    return {x: x.stat().st_mtime_ns for x in paths if x.is_file()}


def datasets_here(keeper, row, data_dir):
    """The datasets that this machine has; else the driver's, sent once.

    Args:
        keeper: handle of the `Keeper`.
        row: `Experiment`.
        data_dir: `pathlib.Path` of the driver's, perhaps not there.

    Returns:
        `ferkeras.data.Datasets`.
    """
    own = Datasets(data_dir)
    weights = [FILES[name].name for name in row.published]
    if is_prepared(row.dataset, data_dir) and all(
        (weights_folder(own) / name).exists() for name in weights
    ):
        return own
    files = ray.get(keeper.prepared.remote(row.dataset, weights))
    digest = hashlib.sha256(repr(files).encode()).hexdigest()[:16]
    folder = CACHE / "data" / digest
    CACHE.mkdir(mode=0o700, exist_ok=True)
    folder.parent.mkdir(exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):
        if not folder.exists():
            copy_to(folder, keeper, files)
    return Datasets(folder)


def copy_to(folder, keeper, files):
    """Bring prepared files of the driver to a folder, whole or not at all."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as making:
        for path, size, _ in files:
            target = Path(making) / "data" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            with open(target, "wb") as file:
                for start in range(0, size, CHUNK):
                    file.write(ray.get(keeper.piece.remote(path, start)))
        (Path(making) / "data").rename(folder)
