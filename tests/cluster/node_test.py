"""A worker without the driver's folders, in this process."""

from dataclasses import replace
from types import SimpleNamespace

import keras
import pytest

from ferkeras.cluster import driver_files
from ferkeras.papers import Unit
from ferkeras.runs.record import is_complete, path_of, read_record
from ferkeras.runs.reproduce import reproduce
from tests import tiny
from tests.cluster.near import Near

# Before Ray, of which it decides what is printed.
pytest.importorskip("ferkeras.cluster.driver")
import ray  # noqa: E402

from ferkeras.cluster import node  # noqa: E402

pytestmark = pytest.mark.any_backend
ROW = replace(tiny.ROW, dataset="own/noise")
TABLE = replace(tiny.TABLE, rows=(ROW,))
PAPER = replace(tiny.PAPER, tables=(TABLE,))
BOTH = [Unit(PAPER, TABLE, ROW, protocol, 0) for protocol in tiny.PROTOCOLS]


@pytest.fixture
def worker(tmp_path, datasets, monkeypatch):
    """Function that runs units as a worker does, and the driver's results."""
    results = tmp_path / "results"
    near = Near(driver_files.Keeper(results, datasets.data_dir))
    context = SimpleNamespace(get_assigned_resources=lambda: {"CPU": 1})
    monkeypatch.setattr(node, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(node.devices, "configure", lambda folder: None)
    monkeypatch.setattr(node.sharing, "share_cores", lambda cores: None)
    monkeypatch.setattr(ray, "get", lambda answer: answer)
    monkeypatch.setattr(ray, "get_runtime_context", lambda: context)
    order = node.Order(
        tmp_path / "elsewhere", "mark", datasets.data_dir, "c", False
    )
    return lambda units: node.run(near, order, 0, units), results


def test_what_is_done_of_a_group_is_not_done_again(worker, datasets):
    run, results = worker
    done, other = BOTH
    recorded = reproduce(done, results, datasets, "c")
    model = results / node.work_of(done) / "model.keras"
    content = model.read_bytes()
    first, second = run(BOTH)
    assert first == recorded == read_record(results, done)
    assert second == read_record(results, other) and is_complete(second)
    assert model.read_bytes() == content


def test_a_record_stays_where_its_weights_are_made_anew_and_time_is_up(
    worker, datasets, monkeypatch
):
    class Interrupt(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise KeyboardInterrupt

    run, results = worker
    (unit, _) = BOTH
    reproduce(unit, results, datasets, "c")
    record = path_of(results, unit, ".json").read_bytes()
    (results / node.work_of(unit) / "model.keras").unlink()
    true = node.reproduce_together
    monkeypatch.setattr(
        node,
        "reproduce_together",
        lambda *given: true(*given[:-1], [*given[-1], Interrupt()]),
    )
    with pytest.raises(KeyboardInterrupt):
        run([unit])
    assert path_of(results, unit, ".json").read_bytes() == record
    assert (results / node.work_of(unit) / "snapshot.npz").exists()
