"""What is kept of a trained network."""

import dataclasses

import keras
import numpy as np
import pytest

from ferkeras.data import Faces, mirrored_crops
from ferkeras.layers import BranchFusion
from ferkeras.runs import final_scores
from ferkeras.runs.final_scores import write_scores
from ferkeras.runs.record import path_of
from ferkeras.runs.score_files import write_probabilities
from ferkeras.training.build import build
from tests import tiny


def bright_and_dark(input_shape, num_classes):
    """Two branches: one is for the brighter side, one for the darker."""
    inputs = keras.Input(input_shape)
    columns = keras.ops.mean(inputs[..., 0], axis=1)
    sides = keras.ops.mean(keras.ops.reshape(columns, (-1, 2, 6)), axis=2)
    branches = keras.ops.stack([3 * sides, -sides], axis=1)
    return keras.Model(inputs, BranchFusion(name="logits")(branches))


def mirrored(rng, count, size):
    """One view an image: what is at x was at size - 1 - x."""
    return np.tile(np.float32([-1, 0, size - 1, 0, 1, 0]), (1, count, 1))


# Mirrored, the other side is brighter; the view outweighs the image.
@pytest.mark.parametrize(
    "views,expected", [(None, [100, 0]), (mirrored, [0, 100])]
)
def test_each_branch_is_scored_as_the_whole_is(views, expected, tmp_path):
    recipe = dataclasses.replace(tiny.RECIPE, views=views)
    row = dataclasses.replace(
        tiny.ROW,
        model=bright_and_dark,
        recipe=recipe,
        branches=("bright", "dark"),
    )
    unit = dataclasses.replace(tiny.unit(), row=row)
    networks, faces = build(row, 2), tiny.faces("test")
    (tmp_path / "work").mkdir()
    scores, _ = write_scores(
        unit, networks, faces, tiny.CLASSES, tmp_path, tmp_path / "work"
    )
    assert [*scores["branches"]] == ["bright", "dark"]
    assert [*scores["branches"].values()] == expected
    # The branch that is surer decides.
    assert scores["accuracy"] == expected[0]


@pytest.mark.parametrize("sizes", [None, np.arange(90) / 2])
def test_branches_are_right_or_wrong_image_by_image(sizes, tmp_path):
    row = dataclasses.replace(
        tiny.ROW, model=bright_and_dark, branches=("bright", "dark")
    )
    unit = dataclasses.replace(tiny.unit(), row=row)
    # As many images are called by the wrong side.
    faces = tiny.faces("test")._replace(sizes=sizes)
    faces.labels[:30] = 1 - faces.labels[:30]
    (tmp_path / "work").mkdir()
    scores, _ = write_scores(
        unit, build(row, 2), faces, tiny.CLASSES, tmp_path, tmp_path / "work"
    )
    assert [*scores["branches"].values()] == pytest.approx([200 / 3, 100 / 3])
    with np.load(path_of(tmp_path, unit, ".probabilities.npz")) as file:
        # Only where they can be drawn by size.
        assert ("branches" in file) == (sizes is not None)
        if "branches" in file:
            bright = np.arange(90) >= 30
            expected = np.stack([bright, ~bright], axis=1)
            assert file["branches"].dtype == bool
            assert (file["branches"] == expected).all()


@pytest.mark.parametrize("sizes", [None, np.arange(90) / 2])
def test_sizes_of_originals_are_kept_with_the_probabilities(sizes, tmp_path):
    unit, faces = tiny.unit(), tiny.faces("test")._replace(sizes=sizes)
    (tmp_path / "work").mkdir()
    scores, _ = write_scores(
        unit,
        build(tiny.ROW, 2),
        faces,
        tiny.CLASSES,
        tmp_path,
        tmp_path / "work",
    )
    assert "branches" not in scores
    with np.load(path_of(tmp_path, unit, ".probabilities.npz")) as file:
        assert ("size" in file) == (sizes is not None)
        if "size" in file:
            assert (file["size"] == sizes).all()


def test_every_map_is_over_its_image(tmp_path, monkeypatch):
    monkeypatch.setattr(
        final_scores,
        "grad_cam",
        lambda _, __, images, classes: images[..., 0] + 100 * classes[0],
    )
    drawn = []
    monkeypatch.setattr(
        final_scores.plots, "grad_cam_png", lambda rows, *_: drawn.append(rows)
    )
    images = np.arange(4)[:, None, None, None] * np.ones((4, 2, 2, 1))
    # Right, surer; right; wrong; all of class 0, but for the last.
    test = Faces(images, np.array([0, 0, 0, 1]), np.arange(4))
    found = np.array([[0.6, 0.4], [0.9, 0.1], [0.3, 0.7], [0.8, 0.2]])
    networks = build(tiny.ROW, 2)
    final_scores.explained(
        tiny.unit(), networks, test, found, tiny.CLASSES, tmp_path
    )
    (rows,) = drawn
    places = {
        (kind, column): (image[0, 0, 0], words)
        for kind, panels in rows.items()
        for column, panel in enumerate(panels)
        if panel
        for image, heat, words in [panel]
        if heat[0, 0] == image[0, 0, 0]
    }
    assert places == {
        ("right", 0): (1, "left, 90 %"),
        ("wrong", 0): (2, "right, 70 %"),
        ("wrong", 1): (3, "left, 80 %"),
    }


def test_the_class_stays_where_rounding_makes_a_tie(tmp_path):
    # Half floats near 0.4 are 0.00024 apart.
    said = np.array([[0.40001, 0.4, 0.2], [0.4, 0.40001, 0.2], [0, 0.5, 0.5]])
    faces = tiny.faces("test", 3)
    write_probabilities(tmp_path / "p.npz", said, faces)
    with np.load(tmp_path / "p.npz") as file:
        found = file["probabilities"]
    assert found.argmax(-1).tolist() == [0, 1, 1]
    np.testing.assert_allclose(found, said, atol=5e-4)


def test_images_are_scored_as_the_recipe_says(monkeypatch):
    seen = []
    monkeypatch.setattr(
        final_scores.evaluate,
        "probabilities",
        lambda *given: seen.append(given),
    )
    recipe = dataclasses.replace(
        tiny.RECIPE, views=mirrored_crops, raw_scores=True
    )
    row = dataclasses.replace(tiny.ROW, recipe=recipe)
    unit = dataclasses.replace(tiny.unit(seed=7), row=row)
    final_scores.probabilities(unit, "networks", "test")
    assert seen == [("networks", "test", mirrored_crops, 7, True)]
