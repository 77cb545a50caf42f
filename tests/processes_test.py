"""What others have begun ends with them."""

import os
import signal
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.any_backend

PARENT = """
import multiprocessing, time
from ferkeras.processes import end_with_parent


def child(pipe):
    end_with_parent()
    pipe.send("ready")
    time.sleep(60)


if __name__ == "__main__":
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=child, args=(theirs,))
    process.start()
    ours.recv()
    print(process.pid, flush=True)
    time.sleep(60)
"""


def test_a_kill_ends_what_was_begun(tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    words = [sys.executable, script]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as parent:
        child = int(parent.stdout.readline())
        parent.kill()
    end = time.monotonic() + 20
    with pytest.raises(ProcessLookupError):
        while time.monotonic() < end:
            os.kill(child, 0)
            time.sleep(0.05)
    assert parent.returncode == -signal.SIGKILL
