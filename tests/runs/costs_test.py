"""What runs are estimated to take, held to what is recorded."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ferkeras.papers import Unit
from ferkeras.papers.paper import units
from ferkeras.runs import cost_file, costs
from ferkeras.runs.operations import Operations
from reproductions import papers
from tests import tiny

RESULTS = Path(__file__).parents[2] / "results"
PAPERS = papers()
COSTS = cost_file.read_costs(RESULTS)
SOME = Operations(1e9, 1e6, 1e6)


def measured():
    """Device, and estimated over measured time, of every committed record."""
    for path in sorted(RESULTS.glob("*/*/*/seed*.json")):
        entry = json.loads(path.read_text())
        row, size = entry["experiment"], entry["experiment"]["image_size"]
        network = row["model"], str(len(row["channels"]))
        counted = [
            COSTS.get(
                (*network, str(x.get("image_size", size)), x.get("frozen", ""))
            )
            for x in row["phases"]
        ]
        # Rows that train nothing have no phases.
        if None in counted or not counted:
            continue
        operations, *others = counted
        assert not others or {*others} == {operations}, path
        images = entry["dataset"]["images"][entry["protocol"]["train"]]
        recipe = SimpleNamespace(
            epochs=1,
            batch_size=row["batch_size"],
            precision=row.get("precision", "float32"),
        )
        found = costs.seconds_of(
            SimpleNamespace(recipe=recipe), operations, images
        )
        seconds = images / entry["images_per_second"]
        for device in {x["device"] for x in entry["sessions"]}:
            gpu = "H200" in device
            yield gpu, (found.gpu if gpu else found.processor) / seconds


@pytest.mark.any_backend
def test_estimates_are_near_what_is_recorded():
    ratios = {True: [], False: []}
    for gpu, ratio in measured():
        ratios[gpu].append(ratio)
    processor, gpu = (np.abs(np.log2(ratios[x])) for x in (False, True))
    assert len(processor) > 100 and len(gpu) > 10
    # A run whose core was taken by others now and then is further off.
    assert np.mean(processor < 1) > 0.8 and np.mean(processor < 2) > 0.98
    assert gpu.max() < 1
    # Neither too long nor too short on the whole.
    assert abs(np.median(np.log2(ratios[False]))) < 0.25


def test_phases_of_other_sizes_count_by_their_epochs():
    first, last = tiny.TWO_PHASES.phases
    phases = (
        replace(first, epochs=3, image_size=24),
        replace(last, epochs=1, frozen="conv"),
    )
    row = replace(tiny.ROW, recipe=replace(tiny.RECIPE, phases=phases))
    large, small = cost_file.networks_of(row)
    assert large[1:] == ("2", "24", "") and small[1:] == ("2", "12", "conv")
    found = costs.operations_of(
        row, {large: Operations(8, 4, 0), small: Operations(0, 8, 4)}
    )
    assert found == (6, 5, 1)


def test_small_networks_take_the_card_a_step_and_large_ones_their_arithmetic():
    def of(precision, **operations):
        recipe = replace(tiny.RECIPE, batch_size=20, precision=precision)
        row = replace(tiny.ROW, recipe=recipe)
        return costs.seconds_of(row, SOME._replace(**operations), 90)

    steps = 6 * 90 / 20
    assert of("float32", multiply_adds=1).gpu == pytest.approx(0.01 * steps)
    large = 6 * 90 * 1e12 / 40e12
    assert of("float32", multiply_adds=1e12).gpu == pytest.approx(large)
    half = of("mixed_bfloat16", multiply_adds=1e12).gpu
    assert half == pytest.approx(large / 2)
    once = of("float32", weights=0).processor
    assert once == pytest.approx(6 * 90 * (1e6 * 1.9e-9 + 1e9 * 8e-12))
    update = of("float32").processor - once
    assert update == pytest.approx(steps * 1e6 * 1.3e-8)


def test_what_several_units_start_from_is_run_once():
    (paper,) = (p for p in PAPERS if p.key == "falahzadeh2021")
    name = "JAFFE: 3-channel (FER2013 backbone)"
    folds = units(paper, [name], ["clean"])
    assert len(folds) == 10 and all(len(unit.stages) == 1 for unit in folds)
    stages = {(x.folder, x.seed) for unit in folds for x in unit.stages}
    one, stage, all_of_them = (
        costs.estimate(x, COSTS).processor
        for x in (folds[:1], folds[0].stages, folds)
    )
    assert one > stage > 0 and len(stages) < len(folds)
    assert all_of_them == pytest.approx(
        len(folds) * (one - stage) + len(stages) * stage
    )


def test_a_row_that_trains_nothing_takes_no_time():
    recipe = replace(tiny.RECIPE, phases=())
    row = replace(tiny.ROW, recipe=recipe)
    nothing = costs.operations_of(row, {})
    assert nothing == (0, 0, 0)
    assert costs.seconds_of(row, nothing, 0) == (0, 0)


def test_there_is_no_estimate_of_what_is_not_known():
    (unit, *_) = units(PAPERS[0])
    assert costs.estimate([unit], {}) is None
    elsewhere = replace(unit.row, dataset="own/desk")
    assert costs.estimate([replace(unit, row=elsewhere)], COSTS) is None
    assert isinstance(unit, Unit) and costs.estimate([unit], COSTS)
