"""The page on scale has what its simulation prints."""

import runpy
from pathlib import Path

import pytest

pytestmark = pytest.mark.any_backend

DOCS = Path(__file__).parent.parent / "docs"
SCALE = runpy.run_path(str(DOCS / "scale.py"))


def test_the_page_has_the_tables_of_the_script():
    page = (DOCS / "scale.md").read_text()
    assert SCALE["of_queues"]() in page
    assert SCALE["of_one_run"]() in page


def test_runs_fill_the_slots_and_stages_come_before_them():
    # Start and end take 23 s.
    whole = SCALE["START"] + SCALE["END"]
    time, busy = SCALE["simulate"]([], [77, 77, 77], 2)
    assert (time, busy) == (2 * (77 + whole), 3 * 77 / (4 * (77 + whole)))
    time, _ = SCALE["simulate"]([100], [77, 77], 9)
    assert time == 100 + 77 + 2 * whole
