"""The grid of Grad-CAM maps over right and wrong predictions."""

import dataclasses

import cv2
import numpy as np
import pytest

from ferkeras.plots import grad_cam_png
from ferkeras.runs.reproduce import reproduce
from ferkeras.scoring.explain import surest
from tests import tiny

LABELS = np.array([0, 0, 0, 1, 1, 1])
PROBABILITIES = np.array(
    [
        [0.5, 0.3, 0.2],
        [0.8, 0.1, 0.1],
        [0.2, 0.2, 0.6],
        [0.4, 0.1, 0.5],
        [0.3, 0.3, 0.4],
        [0.7, 0.2, 0.1],
    ]
)


def test_surest_predictions_are_chosen_within_each_class():
    # Class 0: right 0 and 1, wrong 2. Class 1: wrong alone. Class 2: no image.
    assert surest(LABELS, PROBABILITIES).tolist() == [[1, -1, -1], [2, 5, -1]]


def tinted(path, name):
    """Middles of panels under a map, where one colour of the picture leads."""
    blue, green, red = cv2.split(cv2.imread(str(path)).astype(int))
    leads = {"red": red - blue, "blue": blue - red}[name] > 40
    _, _, stats, middles = cv2.connectedComponentsWithStats(
        leads.astype(np.uint8)
    )
    large = stats[:, cv2.CC_STAT_AREA] > 1000
    # The first is what is not tinted.
    return middles[1:][large[1:]]


@pytest.mark.parametrize("colours", [1, 3])
def test_each_image_has_its_map_over_it_and_empty_places_stay_white(
    tmp_path, colours
):
    image = np.full((12, 12, colours), 200, np.uint8)
    hot, cold = (
        (image, np.full((12, 12), value), "words") for value in (0.95, 0.1)
    )
    rows = {"right": [hot, None, cold], "wrong": [None, hot, hot]}
    path = tmp_path / "grid.png"
    grad_cam_png(rows, ("a", "b", "c"), "title", path)
    ((right, _), *wrong), (cold,) = tinted(path, "red"), tinted(path, "blue")
    first, second = sorted(x for x, _ in wrong)
    # Columns are classes, and the first row stands above.
    assert right < first < second
    np.testing.assert_allclose(cold[0], second, atol=2)
    assert cold[1] < min(y for _, y in wrong)


def test_a_row_that_asks_for_it_draws_the_grid_among_what_is_not_committed(
    tmp_path,
):
    row = dataclasses.replace(
        tiny.ROW,
        explain="conv2d",
        recipe=dataclasses.replace(tiny.RECIPE, phases=tiny.RECIPE.phases[:1]),
    )
    unit = dataclasses.replace(tiny.unit(), row=row)
    reproduce(unit, tmp_path, tiny.Noise(), "the command")
    (grid,) = tmp_path.rglob("grad_cam*")
    assert grid == tmp_path / "work" / unit.folder / "seed0" / "grad_cam.png"
    assert cv2.imread(str(grid)) is not None


def test_what_is_drawn_does_not_change_what_a_record_is_of():
    row = dataclasses.replace(tiny.ROW, explain="conv2d")
    assert row.describe() == tiny.ROW.describe()
