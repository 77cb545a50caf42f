"""A cluster of two machines, both this one, of which one is lost."""

import contextlib
import threading
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import keras
import pytest

pytest.importorskip("ray")

from ray.cluster_utils import Cluster  # noqa: E402

from ferkeras import cluster, run_folder  # noqa: E402
from ferkeras.data import Datasets, Source, npz_path, write_npz  # noqa: E402
from ferkeras.paper import Paper, Table, Unit  # noqa: E402
from ferkeras.recipe import Phase  # noqa: E402
from ferkeras.record import read_record  # noqa: E402
from ferkeras.work_queue import work_through  # noqa: E402
from tests import tiny  # noqa: E402

ROOT = Path(__file__).parent.parent
EPOCHS = 60
FAR = 10  # epochs that a run has behind it when its machine is lost


def network(input_shape, num_classes):
    """As of `tiny`, with a snapshot an epoch on whatever machine builds it."""
    run_folder.EVERY = 0
    return tiny.network(input_shape, num_classes)


ROW = replace(
    tiny.ROW,
    model=network,
    dataset="own/noise",
    recipe=replace(
        tiny.RECIPE,
        phases=(Phase(partial(keras.optimizers.Adam, 1e-3), EPOCHS),),
    ),
)
TABLE = Table("Table 1", 8, tiny.PROTOCOLS[1:], (ROW,))
PAPER = Paper("tiny1999", "Tiny", "", (TABLE,))
UNITS = [Unit(PAPER, TABLE, ROW, TABLE.protocols[0], seed) for seed in range(8)]


@pytest.fixture(scope="module")
def datasets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    splits = "train", "validation", "test"
    source = Source("own/noise", "1.0.0", tiny.CLASSES, splits, tiny.faces)
    write_npz(source, npz_path("own/noise", folder))
    return Datasets(folder)


@pytest.fixture(scope="module")
def plain(datasets, tmp_path_factory):
    """What a queue on this machine makes of the same units."""
    results = tmp_path_factory.mktemp("plain")
    assert work_through(UNITS, results, datasets, "plain") == 0
    return results


@pytest.fixture
def two_machines(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    made = Cluster(True, head_node_args={"num_cpus": 0})
    made.nodes = [made.add_node(num_cpus=1) for _ in range(2)]
    yield made
    made.shutdown()


def without_times(record):
    """What of a record depends on the run alone."""
    passing = "finished", "seconds", "images_per_second", "command", "sessions"
    return {k: v for k, v in record.items() if k not in passing}


def epochs_behind(results):
    """Epochs that have landed of each run that is under way."""
    logs = (results / "work").rglob("history.csv")
    return [len(path.read_text().splitlines()) - 1 for path in logs]


def lose_a_machine(two_machines, results):
    """Kill one once a run on each is well under way."""
    while sum(n >= FAR for n in epochs_behind(results)) < 2:
        time.sleep(0.05)
    two_machines.remove_node(two_machines.nodes[0], allow_graceful=False)


@pytest.mark.slow
def test_a_lost_machine_costs_no_run(
    plain, datasets, two_machines, tmp_path, monkeypatch, capfd
):
    # As on machines of which none sees the driver's folders.
    monkeypatch.setattr(
        cluster, "marked", lambda results: contextlib.nullcontext("nowhere")
    )
    killer = threading.Thread(
        target=lose_a_machine, args=(two_machines, tmp_path), daemon=True
    )
    killer.start()
    left = cluster.work_through(
        UNITS, tmp_path, datasets, "c", address=two_machines.address
    )
    assert left == 0
    assert not killer.is_alive()
    for unit in UNITS:
        entry = read_record(tmp_path, unit)
        assert without_times(entry) == without_times(read_record(plain, unit))
    said = capfd.readouterr()
    assert "ray" not in said.out.lower() + said.err.lower()
