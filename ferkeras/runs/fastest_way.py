"""Which way the runs of a row are the fastest on the device at hand.

On an accelerator a small network leaves most of the card idle. Several seeds
may fill it: stacked in one program, or in processes of their own. Which is
the fastest depends on the network, whose convolutions become grouped ones when
they are stacked; so each way is measured for seconds, once.
"""

import contextlib
import csv
import io
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from ferkeras.files import write_whole
from ferkeras.papers.descriptions import dotted
from ferkeras.processes import end_with_parent
from ferkeras.training import devices, sharing
from ferkeras.training.rates import engine_rate, noise_setup

ONE_BY_ONE = "one after the other"
SIDE_BY_SIDE = "side by side in one program"
PROCESSES = "in processes of their own"
WAYS = ONE_BY_ONE, SIDE_BY_SIDE, PROCESSES
# What is forked of a process that has JAX may hang.
SPAWN = multiprocessing.get_context("spawn")
SHARED = []  # what the processes of a pool share, in each of them
KEY = "device", "network", "image_size", "batch_size", "precision", "runs"


def key_of(row, runs):
    """What decides the rates, as the file has it."""
    return (
        devices.device_name(),
        dotted(row.model),
        str(row.image_size),
        str(row.recipe.batch_size),
        row.recipe.precision,
        str(runs),
    )


def read_ways(path):
    """Images/s of all runs together by way, for each of what was measured."""
    if not path.exists():
        return {}
    with open(path, newline="") as file:
        return {
            tuple(line[name] for name in KEY): {
                way: float(line[way]) for way in WAYS
            }
            for line in csv.DictReader(file)
        }


def write_ways(path, known):
    """Write what `read_ways` reads."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*KEY, *WAYS])
    writer.writerows(
        [*key, *(f"{rates[way]:.0f}" for way in WAYS)]
        for key, rates in sorted(known.items())
    )
    write_whole(path, text.getvalue())


def fastest(row, runs, images, results, say):
    """Choose the way for some runs of a row; measure where it is not known.

    Args:
        row: `Experiment`.
        runs: how many seeds wait.
        images: how many are trained on.
        results: `pathlib.Path` of the results folder, which keeps the rates in
            `bench/ways.csv`.
        say: function that prints a line.

    Returns:
        One of `WAYS`.
    """
    if runs == 1 or not devices.accelerated("jax"):
        return ONE_BY_ONE
    path, key = results / "bench" / "ways.csv", key_of(row, runs)
    known = read_ways(path)
    if key not in known:
        say(f"{row.name}: measuring how {runs} runs are the fastest")
        rates = measure(row, runs, images, results)
        # Another process may have measured another network.
        known = read_ways(path) | {key: rates}
        write_ways(path, known)
    rates = known[key]
    best = max(WAYS, key=rates.get)
    numbers = ", ".join(f"{rates[way]:,.0f} {way}" for way in WAYS)
    say(f"{row.name}: {runs} runs {best} (images/s: {numbers})")
    return best


def measure(row, runs, images, results):
    """Images/s of all runs together by way; 0 where it does not work."""
    rates = {
        ONE_BY_ONE: lambda: engine_rate(noise_setup(row, images)),
        SIDE_BY_SIDE: lambda: engine_rate(noise_setup(row, images), runs),
        PROCESSES: lambda: processes_rate(row, runs, images, results),
    }
    found = {}
    for way, rate in rates.items():
        try:
            found[way] = rate()
        except Exception:  # mostly for want of memory
            found[way] = 0.0
    if not any(found.values()):
        # The run itself tells why.
        found[ONE_BY_ONE] = 1.0
    return found


@contextlib.contextmanager
def workers(runs, results, shared):
    """A pool of processes that share the card.

    Args:
        runs: number of processes.
        results: `pathlib.Path` of the results folder, for what they compile.
        shared: barrier or queue of `SPAWN` that they share.

    Yields:
        `concurrent.futures.ProcessPoolExecutor`.
    """
    compiled = results / "work" / "compiled"
    # This process has a part too.
    with sharing.share_memory(1 / (runs + 1)):
        pool = ProcessPoolExecutor(runs, SPAWN, begin, (compiled, shared))
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)


def begin(compiled, shared):
    """Set up a process of `workers`."""
    # What a kill leaves behind would train on, without the locks.
    end_with_parent()
    SHARED.append(shared)
    devices.configure(compiled)


def processes_rate(row, runs, images, results):
    """Images/s of processes side by side, timed together."""
    with workers(runs, results, SPAWN.Barrier(runs)) as pool:
        jobs = [pool.submit(rate_of_one, row, images) for _ in range(runs)]
        return sum(job.result() for job in jobs)


def rate_of_one(row, images):
    """Images/s of this process, once all have compiled."""
    (barrier,) = SHARED
    # One that fails, or ends, leaves no other waiting for ever.
    ready = partial(barrier.wait, 300)
    try:
        return engine_rate(noise_setup(row, images), ready=ready)
    except BaseException:
        barrier.abort()
        raise
