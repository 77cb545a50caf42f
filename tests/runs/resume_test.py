"""A run that is killed and resumed ends as one that is not."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import pytest

ROOT = Path(__file__).parents[2]
RUN = "tiny1999/clean/tiny-net"
JAX = keras.backend.backend() == "jax"
COMPILED = "work/compiled"
pytestmark = pytest.mark.slow


def start(results, seed=0, *words):
    # What it compiles goes where a run keeps it, not where the tests do.
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    del environment["JAX_COMPILATION_CACHE_DIR"]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.tiny", str(results), str(seed), *words],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.PIPE,
    )


def finish(results, seed=0, *words):
    process = start(results, seed, *words)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors.decode()
    record = json.loads((results / RUN / f"seed{seed}.json").read_text())
    lines = (results / RUN / f"seed{seed}.history.csv").read_text().splitlines()
    return record, lines


def kill_after(results, epochs, *words):
    history = results / "work" / RUN / "seed0" / "history.csv"
    process = start(results, 0, *words)
    deadline = time.monotonic() + 300
    while not history.exists() or len(history.open().readlines()) <= epochs:
        assert process.poll() is None, process.stderr.read().decode()
        assert time.monotonic() < deadline
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    process.stderr.close()
    # The last line may be of an epoch that had no snapshot yet.
    return history.read_text().splitlines()[:epochs]


def without_times(lines):
    keys = lines[0].split(",")
    return [
        [
            value
            for key, value in zip(keys, line.split(","), strict=True)
            if "seconds" not in key
        ]
        for line in lines
    ]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run that nothing stops: its folder, how to ask for it, what it gave."""
    results = tmp_path_factory.mktemp("whole")
    words = ("engine",) if JAX else ()
    return results, words, *finish(results, 0, *words)


def test_killed_and_resumed_equals_uninterrupted(whole, tmp_path):
    results, words, record, history = whole
    if JAX:
        shutil.copytree(results / COMPILED, tmp_path / COMPILED)
    # In the first phase, and in the second.
    first = kill_after(tmp_path, 2, *words)
    second = kill_after(tmp_path, 4, *words)
    assert not (tmp_path / RUN / "seed0.json").exists()
    resumed, resumed_history = finish(tmp_path, 0, *words)

    # Epochs from before each kill are still there, their seconds too: the run
    # went on and did not start afresh.
    assert second[: len(first)] == first
    assert resumed_history[: len(second)] == second
    assert without_times(resumed_history) == without_times(history)
    assert len(history) == 1 + 6
    for key in (
        *("scores", "scores_at_last_epoch", "epochs"),
        *("selection_accuracy", "status"),
    ):
        assert resumed[key] == record[key]
    # It learned, so equal numbers mean something.
    assert record["scores"]["accuracy"] > 70


@pytest.mark.skipif(not JAX, reason="TensorFlow compiles little")
def test_another_seed_is_not_compiled_again(whole):
    results, words, *_ = whole

    def compiled():
        return {path.name for path in (results / COMPILED).glob("*-cache")}

    found = compiled()
    finish(results, 1, *words)
    assert found and compiled() == found
