"""A cluster of two machines, both this one, of which one is lost."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ferkeras.cluster import driver_files
from ferkeras.data import Datasets, npz_path
from ferkeras.runs.cost_file import networks_of
from ferkeras.runs.costs import memory_of
from ferkeras.runs.operations import Operations
from ferkeras.runs.record import is_complete, read_record
from ferkeras.runs.work_queue import work_through
from ferkeras.training import devices
from tests import tiny
from tests.cluster.near import Near
from tests.cluster.rows import (
    AFTER,
    DEADLY,
    FAR,
    LOST,
    NEXT,
    ROW,
    STAGE,
    epochs_behind,
    units_of,
)

# Before Ray, of which it decides what is printed.
cluster = pytest.importorskip("ferkeras.cluster.driver")
import ray  # noqa: E402
from ray.cluster_utils import Cluster  # noqa: E402

from ferkeras.cluster import node  # noqa: E402
from ferkeras.cluster.resources import Needs  # noqa: E402

ROOT = Path(__file__).parents[2]
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


@pytest.fixture
def two_machines(these_rows, tmp_path, monkeypatch):
    """A `Cluster`, and one of its two machines beside the driver's."""
    monkeypatch.setenv(LOST, str(tmp_path / "lost"))
    made = Cluster(True, head_node_args={"num_cpus": 0})
    _, lost = [made.add_node(num_cpus=1) for _ in range(2)]
    yield made, lost
    made.shutdown()


def without_times(record):
    """What of a record depends on the run alone."""
    passing = "finished", "seconds", "images_per_second", "command", "sessions"
    return {k: v for k, v in record.items() if k not in passing}


def lose(machine, machines, results):
    """Kill a machine once a run on each is well under way."""
    while sum(n >= FAR for n in epochs_behind(results)) < 2:
        time.sleep(0.05)
    machines.remove_node(machine, allow_graceful=False)
    (results / "lost").touch()


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
