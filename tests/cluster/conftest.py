"""What the tests of a cluster share.

Keras is imported by what needs it: pytest opens this file, given one beside
it, in the process too that only shares tests out.
"""

import contextlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def datasets(tmp_path_factory):
    from ferkeras.data import Datasets, Source, npz_path, write_npz
    from tests import tiny

    folder = tmp_path_factory.mktemp("data")
    splits = "train", "validation", "test"
    source = Source("own/noise", "1.0.0", tiny.CLASSES, splits, tiny.faces)
    write_npz(source, npz_path("own/noise", folder))
    return Datasets(folder)


@pytest.fixture(autouse=True)
def these_rows(monkeypatch):
    """Have workers find the tests; the code under test is sent to them."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    # By default they yield to all else, such as the other tests.
    monkeypatch.setenv("RAY_worker_niceness", "0")


@pytest.fixture
def not_shared(monkeypatch):
    """As on machines of which none sees the driver's folders."""
    from ferkeras.cluster import driver

    nothing = contextlib.nullcontext("nowhere")
    monkeypatch.setattr(driver, "marked", lambda results: nothing)
