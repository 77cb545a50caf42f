"""What a command says on its standard error, and what TensorFlow is told."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import ferkeras
from ferkeras.data import has_tensorflow
from ferkeras.quiet import QuietTensorFlow

ROOT = Path(__file__).parent.parent
CODE = """
import os, reproductions
from reproductions import pandey2019
from ferkeras.training import devices
devices.configure()
import tensorflow as tf
tf.function(lambda x: x + 1, jit_compile=True)(tf.ones(3))
print(os.environ["TF_ENABLE_ONEDNN_OPTS"])
print("ours", file=__import__("sys").stderr)
"""
needs_tensorflow = pytest.mark.skipif(
    not has_tensorflow(), reason="without TensorFlow it logs nothing"
)


@needs_tensorflow
def test_tensorflow_runs_with_onednn_and_logs_nothing():
    names = "TF_CPP_MIN_LOG_LEVEL", "TF_ENABLE_ONEDNN_OPTS"
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        env={k: v for k, v in os.environ.items() if k not in names},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("1\n", "ours\n")


def test_what_the_user_says_of_tensorflow_holds(monkeypatch):
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")
    others = [x for x in sys.meta_path if x is not QuietTensorFlow]
    monkeypatch.setattr(sys, "meta_path", others)
    importlib.reload(ferkeras)
    assert os.environ["TF_ENABLE_ONEDNN_OPTS"] == "0"
    assert os.environ["TF_CPP_MIN_LOG_LEVEL"] == "0"
    assert QuietTensorFlow not in sys.meta_path
