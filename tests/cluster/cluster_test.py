"""A cluster of two machines, both this one, of which one is lost."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import keras
import pytest

from ferkeras.cluster import driver_files
from ferkeras.data import Datasets, Source, no_augmentation, npz_path, write_npz
from ferkeras.papers import Paper, Phase, Start, Table, Unit
from ferkeras.runs import run_folder
from ferkeras.runs.cost_file import networks_of
from ferkeras.runs.costs import memory_of
from ferkeras.runs.operations import Operations
from ferkeras.runs.record import is_complete, read_record
from ferkeras.runs.work_queue import work_through
from ferkeras.training import devices
from tests import tiny

# Before Ray, of which it decides what is printed.
cluster = pytest.importorskip("ferkeras.cluster.driver")
import ray  # noqa: E402
from ray.cluster_utils import Cluster  # noqa: E402

from ferkeras.cluster import node  # noqa: E402
from ferkeras.cluster.resources import Needs  # noqa: E402

ROOT = Path(__file__).parents[2]
EPOCHS = 40
FAR = 10  # epochs that a run has behind it when its machine is lost


def network(input_shape, num_classes):
    """As of `tiny`, with a snapshot an epoch on whatever machine builds it."""
    run_folder.EVERY = 0
    return tiny.network(input_shape, num_classes)


def deadly(input_shape, num_classes):
    """What the system kills, such as for want of memory."""
    print("about to die", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)


def unhurried(rng, count, image_size):
    """Images as they are; meanwhile other tests have the core."""
    time.sleep(0.5)
    return no_augmentation(rng, count, image_size)


def trained_for(epochs):
    """A recipe of so many epochs."""
    phase = Phase(partial(keras.optimizers.Adam, 1e-3), epochs)
    return replace(tiny.RECIPE, phases=(phase,))


ROW = replace(
    tiny.ROW,
    model=network,
    dataset="own/noise",
    recipe=trained_for(EPOCHS),
)
STAGE = replace(ROW, name="Stage", recipe=trained_for(1))
NEXT = replace(STAGE, name="Next", start_from=(Start("Stage"),))
DEADLY = replace(STAGE, name="Deadly", model=deadly)
AFTER = replace(STAGE, name="After", start_from=(Start("Deadly"),))
SLOWLY = replace(trained_for(100_000), augment=unhurried)
LONG = replace(ROW, name="Long", recipe=SLOWLY)
ROWS = ROW, STAGE, NEXT, DEADLY, AFTER, LONG
CLEAN = tiny.PROTOCOLS[1]
TABLE = Table("Table 1", 8, (CLEAN,), ROWS)
PAPER = Paper("tiny1999", "Tiny", "", (TABLE,))


def units_of(*rows, seeds=1):
    return [
        Unit(PAPER, TABLE, row, CLEAN, seed)
        for row in rows
        for seed in range(seeds)
    ]


UNITS = units_of(ROW, seeds=2)


@pytest.mark.any_backend
def test_a_run_asks_for_what_its_network_takes():
    (network,) = networks_of(STAGE)
    # Batches of 20, but 256 forward: 4 x 256 / 3 x 3e6 bytes and 4 x 8 x 1e6.
    costs = {network: Operations(0, 3e6, 1e6)}
    need = 1.5e9 + 1024e6 + 32e6
    assert memory_of(STAGE, costs) == pytest.approx(need)

    def of(cores=16, cards=0, memory=None, share_batches=False):
        return Needs(cores, cards, memory, share_batches, costs).of(STAGE)

    assert of() == ({"num_cpus": 2}, 0)
    assert of(cores=1) == ({"num_cpus": 1}, 0)
    a_part = {"num_cpus": 1, "num_gpus": 0.32}
    assert of(cards=4, memory=8e9) == (a_part, 0.32)
    whole = {"num_cpus": 1, "num_gpus": 1}
    assert of(cards=4, memory=2e9) == of(cards=4) == (whole, 1)
    all_four = {"num_cpus": 1, "num_gpus": 4}
    assert of(cards=4, memory=8e9, share_batches=True) == (all_four, 1)


@pytest.fixture(scope="module")
def datasets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    splits = "train", "validation", "test"
    source = Source("own/noise", "1.0.0", tiny.CLASSES, splits, tiny.faces)
    write_npz(source, npz_path("own/noise", folder))
    return Datasets(folder)


class Near:
    """A `Keeper` in this process, called as Ray's actors are."""

    def __init__(self, driver_files):
        self.driver_files, self.called = driver_files, []

    def __getattr__(self, name):
        def call(*arguments):
            self.called.append(name)
            return getattr(self.driver_files, name)(*arguments)

        return SimpleNamespace(remote=call)


@pytest.mark.any_backend
def test_a_machine_is_sent_a_dataset_once(datasets, tmp_path, monkeypatch):
    monkeypatch.setattr(node, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(ray, "get", lambda answer: answer)
    for module in (node, driver_files):
        monkeypatch.setattr(module, "CHUNK", 1000)
    near = Near(driver_files.Keeper(tmp_path, datasets.data_dir))
    # Where it is prepared, it is not asked for.
    own = node.datasets_here(near, ROW, datasets.data_dir)
    assert own.data_dir == datasets.data_dir and not near.called
    for _ in range(2):
        sent = node.datasets_here(near, ROW, tmp_path / "nothing")
        faces = sent.faces("own/noise", "train", (), 12)
        assert faces.fingerprint == tiny.faces("train").fingerprint
    size = npz_path("own/noise", datasets.data_dir).stat().st_size
    assert near.called.count("piece") == -(-size // 1000) > 1


@pytest.fixture(scope="module")
def plain(datasets, tmp_path_factory):
    """What a queue of one core makes of the same units."""
    results = tmp_path_factory.mktemp("plain")
    call = f"run_plainly({str(results)!r}, {str(datasets.data_dir)!r})"
    one_core = {"NPROC": "1", "TF_NUM_INTRAOP_THREADS": "1"}
    subprocess.run(
        [
            sys.executable,
            "-c",
            f"from tests.cluster.cluster_test import *; {call}",
        ],
        cwd=ROOT,
        env=os.environ | one_core,
        check=True,
    )
    return results


def run_plainly(results, data_dir):
    devices.configure()
    datasets = Datasets(Path(data_dir))
    assert work_through(UNITS, Path(results), datasets, "plain") == 0


@pytest.fixture(autouse=True)
def these_rows(monkeypatch):
    """Have workers find this file; the code under test is sent to them."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    # By default they yield to all else, such as the other tests.
    monkeypatch.setenv("RAY_worker_niceness", "0")


@pytest.fixture
def two_machines(these_rows):
    """A `Cluster`, and one of its two machines beside the driver's."""
    made = Cluster(True, head_node_args={"num_cpus": 0})
    _, lost = [made.add_node(num_cpus=1) for _ in range(2)]
    yield made, lost
    made.shutdown()


def without_times(record):
    """What of a record depends on the run alone."""
    passing = "finished", "seconds", "images_per_second", "command", "sessions"
    return {k: v for k, v in record.items() if k not in passing}


def epochs_behind(results):
    """Epochs that have landed of each run that is under way."""
    for path in (results / "work").rglob(run_folder.SNAPSHOT):
        # One that has just ended has none any more.
        with contextlib.suppress(FileNotFoundError):
            yield run_folder.saved_epochs(path.parent)


def lose(machine, machines, results):
    """Kill a machine once a run on each is well under way."""
    while sum(n >= FAR for n in epochs_behind(results)) < 2:
        time.sleep(0.05)
    machines.remove_node(machine, allow_graceful=False)


@pytest.fixture
def not_shared(monkeypatch):
    """As on machines of which none sees the driver's folders."""
    nothing = contextlib.nullcontext("nowhere")
    monkeypatch.setattr(cluster, "marked", lambda results: nothing)


@pytest.mark.slow
def test_a_lost_machine_costs_no_run(
    plain, datasets, two_machines, tmp_path, not_shared, capfd
):
    machines, lost = two_machines
    killer = threading.Thread(
        target=lose, args=(lost, machines, tmp_path), daemon=True
    )
    killer.start()
    left = cluster.work_through(
        UNITS, tmp_path, datasets, "c", address=machines.address
    )
    assert left == 0
    assert not killer.is_alive()
    for unit in UNITS:
        entry = read_record(tmp_path, unit)
        assert without_times(entry) == without_times(read_record(plain, unit))
        # None was begun anew.
        log = (tmp_path / f"work/{unit.folder}/seed{unit.seed}.log").read_text()
        assert log.count("epoch 1,") == 1
    said = capfd.readouterr()
    assert not said.out and "ray" not in said.err.lower()


@pytest.mark.slow
def test_stages_come_first_and_a_death_is_told_at_the_end(
    datasets, tmp_path, capfd, monkeypatch
):
    monkeypatch.setattr(cluster, "TRIES", 1)
    units = units_of(STAGE, NEXT, DEADLY, AFTER)
    stage, following, deadly, after = units
    assert cluster.work_through(units, tmp_path, datasets, "c") == 2
    assert is_complete(read_record(tmp_path, stage))
    (start,) = read_record(tmp_path, following)["started_from"]
    assert start["digest"] == stage.digest
    assert read_record(tmp_path, deadly) is None
    said, _, table = capfd.readouterr().err.partition("Failed")
    assert f"{after}: waits for what it needs" in said
    assert "After" not in table
    assert "its process died, 2 times" in " ".join(table.split())
    assert "about to die" in table


@pytest.mark.slow
@pytest.mark.parametrize("way", ["Ctrl-C", "time"])
def test_what_is_stopped_lands_and_goes_on(
    way, datasets, tmp_path, not_shared, capfd, monkeypatch, request
):
    def interrupt():
        while not any(n >= FAR for n in epochs_behind(tmp_path)):
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    deadline = None
    if way == "Ctrl-C":
        # A shell's background jobs, CI's perhaps, ignore it.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
        threading.Thread(target=interrupt, daemon=True).start()
    else:
        monkeypatch.setattr(cluster, "RESERVE", 20)
        deadline = time.monotonic() + 80
    units = units_of(LONG)
    left = cluster.work_through(units, tmp_path, datasets, "c", deadline)
    assert left == 1
    entry = read_record(tmp_path, units[0])
    assert entry["status"] == "incomplete"
    said = capfd.readouterr().err
    assert ("Stopped" if way == "Ctrl-C" else "Time is up") in said
    folder = run_folder.RunFolder(tmp_path / f"work/{units[0].folder}/seed0")
    assert folder.epochs_done == entry["epochs"]["done"] >= FAR
