"""Runs on a cluster that Ctrl-C or the clock stops."""

import os
import signal
import threading
import time

import pytest

from ferkeras.runs import run_folder
from ferkeras.runs.record import read_record
from tests.cluster.rows import FAR, LONG, epochs_behind, units_of

cluster = pytest.importorskip("ferkeras.cluster.driver")


@pytest.mark.slow
@pytest.mark.parametrize("way", ["Ctrl-C", "time"])
def test_what_is_stopped_lands_and_goes_on(
    way, datasets, tmp_path, not_shared, capfd, monkeypatch, request
):
    def interrupt():
        while not any(n >= FAR for n in epochs_behind(tmp_path)):
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    deadline, least = None, FAR
    if way == "Ctrl-C":
        # A shell's background jobs, CI's perhaps, ignore it.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
        threading.Thread(target=interrupt, daemon=True).start()
    else:
        monkeypatch.setattr(cluster, "RESERVE", 20)
        # However busy the machine is, it has begun by then.
        deadline, least = time.monotonic() + 140, 1
    units = units_of(LONG)
    left = cluster.work_through(units, tmp_path, datasets, "c", deadline)
    assert left == 1
    entry = read_record(tmp_path, units[0])
    assert entry["status"] == "incomplete"
    said = capfd.readouterr().err
    assert ("Stopped" if way == "Ctrl-C" else "Time is up") in said
    folder = run_folder.RunFolder(tmp_path / f"work/{units[0].folder}/seed0")
    assert folder.epochs_done == entry["epochs"]["done"] >= least
