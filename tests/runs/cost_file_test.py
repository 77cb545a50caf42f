"""What is counted of networks, and kept."""

from types import SimpleNamespace

import pytest

from ferkeras.runs import cost_file, costs
from tests import tiny
from tests.runs.costs_test import COSTS, PAPERS


@pytest.mark.any_backend
def test_the_file_has_every_network_of_every_row():
    wanted = {
        key
        for p in PAPERS
        for row in p.rows
        for key in cost_file.networks_of(row)
    }
    assert wanted == {*COSTS}, "run: python -m reproductions report"


@pytest.mark.any_backend
@pytest.mark.parametrize(
    "paper,name",
    [
        ("pandey2019", "VGG13"),
        ("pandey2019", "STL + RTNN & Lap-RTNN"),
        ("falahzadeh2021", "JAFFE: conv1 frozen"),
        ("mohana2023", "CSA classifier"),
    ],
)
def test_the_file_equals_a_fresh_count(paper, name, tmp_path):
    (paper,) = (p for p in PAPERS if p.key == paper)
    (row,) = (row for row in paper.rows if row.name == name)
    cost_file.write_costs([SimpleNamespace(rows=[row])], tmp_path)
    fresh = cost_file.read_costs(tmp_path)
    assert fresh and fresh.items() <= COSTS.items()


def test_what_is_counted_is_not_counted_again(tmp_path, monkeypatch):
    cost_file.write_costs([tiny.PAPER], tmp_path)
    before = cost_file.read_costs(tmp_path)
    (counted,) = before.values()
    # 5x5 of 4 filters on 3x3x2, then two classes' worth of NUM_CLASSES.
    forward = 5 * 5 * 4 * 3 * 3 * 2 + 100 * cost_file.NUM_CLASSES
    assert counted.multiply_adds == 3 * forward
    monkeypatch.delattr(cost_file, "count_operations")
    cost_file.write_costs([tiny.PAPER], tmp_path)
    assert cost_file.read_costs(tmp_path) == before
    assert costs.operations_of(tiny.ROW, {}) is None
