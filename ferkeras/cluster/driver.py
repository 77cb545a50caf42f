"""Units on the machines of a cluster, or side by side on this one, by Ray.

Ray chooses the machines, starts a process for each group of units that are
trained together, and starts it again elsewhere where it dies.
"""

import contextlib
import logging
import os
import shutil
import tempfile
import time
import uuid

# Read when Ray is imported: it prints nothing of its own, and reports on its
# use to nobody.
os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
os.environ.setdefault("RAY_DEDUP_LOGS_SKIP_REGEX", ".*")
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
# Further tries of a run that Ray ends for want of memory, else without end.
os.environ.setdefault("RAY_task_oom_retries", "3")

import keras
import ray
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ferkeras.cluster import node
from ferkeras.cluster.driver_files import Keeper
from ferkeras.cluster.resources import needs_here, on
from ferkeras.limits import RESERVE
from ferkeras.runs.display import Overview, key, name, progress_line, result
from ferkeras.runs.grouping import grouped
from ferkeras.runs.provenance import ROOT, commit
from ferkeras.runs.record import is_complete, read_record
from ferkeras.runs.work_queue import claim, stopped
from ferkeras.training.train import OutOfTime

TRIES = 3  # further ones of a run whose process dies
# Groups that Ray has at once: more than a cluster runs, fewer than the locks
# that a process may have open.
WINDOW = 256
# Seconds for runs that are stopped to send what they have.
GRACE = 10
LINES = 5  # of a log that failures are shown with
CODE = "ferkeras", "reproductions", "tfds_builders"
WHY = {
    ray.exceptions.WorkerCrashedError: "its process died",
    ray.exceptions.NodeDiedError: "its machine was lost",
    ray.exceptions.OutOfMemoryError: "its machine ran out of memory",
}


@contextlib.contextmanager
def connected(address):
    """Join the cluster at an address; at `"local"`, start one on this machine.

    Its workers have this code and this backend, whatever is installed there.

    Raises:
        ConnectionError: where there is none, or this machine is not in it.
    """
    if address.startswith("ray://"):
        raise ConnectionError(
            f"{address} is for clients elsewhere. Give HOST:PORT, as `ray "
            "start` takes it, on one of the cluster's machines."
        )
    environment = {
        "KERAS_BACKEND": keras.backend.backend(),
        "FERKERAS_COMMIT": commit(),
    }
    local = {"include_dashboard": False} if address == "local" else {}
    with tempfile.TemporaryDirectory() as code:
        for package in CODE:
            compiled = shutil.ignore_patterns("__pycache__")
            target = f"{code}/{package}"
            shutil.copytree(ROOT / package, target, ignore=compiled)
        try:
            ray.init(
                address,
                log_to_driver=False,
                logging_level=logging.CRITICAL + 1,
                runtime_env={"working_dir": code, "env_vars": environment},
                **local,
            )
        except ConnectionError as error:
            raise ConnectionError(
                f"There is no Ray cluster at {address}. Start it there with "
                "`ray start --head`, or leave the address out to use this "
                "machine."
            ) from error
    try:
        yield
    finally:
        ray.shutdown()


@contextlib.contextmanager
def marked(results):
    """A file by which workers know the results folder; yields its name."""
    path = results / "work" / f"cluster-{uuid.uuid4().hex}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    try:
        yield path.name
    finally:
        path.unlink(missing_ok=True)


class Crew:
    """Groups of units on their way through a cluster.

    Args:
        units: list of `Unit`.
        order: `ferkeras.cluster.node.Order`.
        keeper: handle of the `Keeper`.
        progress: what `progress_line` returned.
    """

    def __init__(self, units, order, keeper, progress):
        self.units, self.order, self.keeper = units, order, keeper
        self.results, self.left = order.results, len(units)
        self.say = progress.console.print
        self.display = Overview(progress, units)
        self.again = [
            u for u in units if is_complete(read_record(self.results, u))
        ]
        self.needs = needs_here(order.share_batches)
        self.task = ray.remote(max_calls=1, max_retries=TRIES)(node.run)
        # Of all that were begun: by Ray's reference; by each unit's key; and
        # by that of its first unit.
        self.running, self.coming, self.groups = {}, {}, {}
        self.failed, self.broken, self.late = [], set(), False

    def work(self, deadline):
        """Run all.

        Raises:
            OutOfTime: once the deadline is past, and what is being scored then
                has had time to end.
        """
        waiting = grouped(self.units, self.results)[::-1]
        while self.running or (waiting and not self.late):
            while waiting and not self.late and len(self.running) < WINDOW:
                self.begin(waiting.pop())
            if self.running:
                self.follow()
            if deadline and time.monotonic() > deadline + RESERVE / 2:
                raise OutOfTime
        if self.late:
            raise OutOfTime

    def begin(self, group):
        """Hand to Ray what is to be run of a group."""
        locks = contextlib.ExitStack()
        ready, found = claim(
            group, self.results, self.again, locks, self.say, self.coming
        )
        self.complete(found)
        if not ready:
            locks.close()
            return
        stages = {key(stage) for unit in ready for stage in unit.stages}
        options, share = self.needs.of(ready[0].row)
        ref = self.task.options(**options).remote(
            self.keeper,
            self.order,
            share,
            ready,
            *(self.coming[stage] for stage in stages if stage in self.coming),
        )
        self.running[ref] = ready, locks
        self.groups[key(ready[0])] = ready
        self.coming |= {key(unit): ref for unit in ready}

    def follow(self):
        """Show what has come for half a second."""
        done, _ = ray.wait([*self.running], timeout=0.5)
        for which, epoch, logs in ray.get(self.keeper.told.remote()):
            self.display.epoch(self.groups[which], epoch, logs)
        # What others start from first.
        for ref in [ref for ref in self.running if ref in done]:
            self.end(ref)

    def end(self, ref):
        """Take what became of a group."""
        group, locks = self.running.pop(ref)
        with locks:
            try:
                self.complete(zip(group, ray.get(ref), strict=True))
                return
            except OutOfTime:
                self.late = True
            except ray.exceptions.TaskCancelledError:
                pass
            except ray.exceptions.RayError as error:
                stages = {key(x) for unit in group for x in unit.stages}
                if stages & self.broken:
                    self.say(f"{name(group)}: waits for what it needs")
                else:
                    self.failed.append((group, error))
                    self.say(f"{name(group)}: failed, see the end")
                self.broken |= {key(unit) for unit in group}
                self.display.done(group)
            for unit in group:
                del self.coming[key(unit)]

    def complete(self, found):
        """Count and name units that are complete, each with its record."""
        for unit, entry in found:
            self.left -= 1
            self.say(result(unit, entry))
            self.display.done([unit])

    def stop(self):
        """Have what runs save what it has, and end."""
        for ref in self.running:
            ray.cancel(ref, recursive=False)
        until = time.monotonic() + GRACE
        while self.running and time.monotonic() < until:
            self.follow()

    def failures(self):
        """A table of what failed, why, and what was printed last."""
        table = Table("run", "why", "end of its log", title="Failed")
        for group, error in self.failed:
            path = self.results / node.log_of(group[0])
            text = path.read_text() if path.exists() else ""
            end = "\n".join(text.splitlines()[-LINES:])
            cells = name(group), why(error), f"{end}\n{path}"
            # Brackets in a log are no markup.
            table.add_row(*map(Text, cells))
        return table


def why(error):
    """What Ray says of a task that failed, in a line."""
    if isinstance(error, ray.exceptions.RayTaskError):
        return f"{type(error.cause).__name__}: {error.cause}"
    words = WHY.get(type(error))
    return f"{words}, {TRIES + 1} times" if words else str(error)


def work_through(
    units,
    results,
    datasets,
    command,
    deadline=None,
    address="local",
    share_batches=False,
):
    """`ferkeras.runs.work_queue.work_through`, many at once.

    Args:
        units: as there.
        results: as there; workers that do not see this folder send what they
            make of it.
        datasets: as there; machines that do not have a dataset are sent it.
        command: as there.
        deadline: as there.
        address: of a cluster, on one of whose machines this is; `"local"` for
            this machine alone.
        share_batches: whether each run is to share its batches over all cards
            of a machine; the backend must be JAX.

    Returns:
        As there.

    Raises:
        ConnectionError: where there is no cluster at the address, or this
            machine is not in it.
    """
    deadline = deadline and deadline - RESERVE
    results, data_dir = results.resolve(), datasets.data_dir.resolve()
    with connected(address), marked(results) as mark:
        here = on(ray.get_runtime_context().get_node_id())
        actor = ray.remote(
            max_concurrency=8, max_restarts=-1, max_task_retries=-1, **here
        )
        keeper = actor(Keeper).remote(results, data_dir, deadline)
        order = node.Order(results, mark, data_dir, command, share_batches)
        with progress_line() as progress:
            crew = Crew(units, order, keeper, progress)
            try:
                crew.work(deadline)
            except (OutOfTime, KeyboardInterrupt) as stop:
                crew.stop()
                crew.say(stopped(stop, crew.left, len(units)))
    if crew.failed:
        Console(stderr=True).print(crew.failures())
    return crew.left
