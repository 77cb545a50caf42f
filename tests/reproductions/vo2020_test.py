"""The paper's recipes against its own words and the released settings."""

import math
from dataclasses import replace

import keras
import numpy as np
import pytest

from ferkeras.data import NEUTRAL
from ferkeras.training.build import build
from ferkeras.training.optimizers import GroupedAdam, GroupedSGD
from reproductions.vo2020 import PAPER
from tests.narrow import narrow_networks

ROWS = {row.name: row for row in PAPER.rows}
TABLES = {table.name: table for table in PAPER.tables}
# Rates of the transformer; of EDSR; of the shared convolutions and the head;
# of the private convolutions: the paper's, and those of the released files.
RATES = {
    "FER+: PSR, PDLS": (1e-4, 1e-4, 1e-3, 1e-3),
    "RAF-DB: PSR, PDLS": (1e-4, 1e-4, 1e-3, 1e-3),
    "AffectNet, 8 classes: PSR, PDLS": (1e-4, 1e-4, 1e-3, 1e-3),
    "FER+: PSR, PDLS (released recipe)": (1e-5, 1e-5, 5e-4, 1e-3),
    "RAF-DB: PSR, PDLS (released recipe)": (1e-5, 1e-5, 5e-3, 1e-3),
}


def group(path):
    """Which of the four a variable belongs to, by its layer."""
    layer = path.split("/")[0]
    if layer == "transformer":
        return 0
    if layer.startswith("edsr_x2_"):
        return 1
    if layer.startswith(("shared_", "head_")):
        return 2
    assert layer.startswith(("small_", "x2_", "original_")), path
    return 3


def trained(variables):
    return sum(math.prod(variable.shape) for variable in variables)


@pytest.mark.any_backend
@pytest.mark.parametrize(
    "name,classes,parameters,private",
    [
        ("RAF-DB: PSR, PDLS", 7, 19063402, 6),
        ("FER+: PSR, PDLS", 8, 19050795, 6),
        ("RAF-DB: PSR, PDLS (released recipe)", 7, 20244586, 7),
        ("FER+: PSR, PDLS (released recipe)", 8, 20231979, 7),
        ("RAF-DB: VGG16, CE", 7, 15254599, None),
    ],
)
def test_networks_have_the_parameters_and_groups(
    name, classes, parameters, private
):
    row = ROWS[name]
    variables = build(row, classes, 3).training.trainable_variables
    assert trained(variables) == parameters
    for phase in row.recipe.phases:
        phase.build_optimizer(10).build(variables)
    if private:
        # The shared of 13 convolutions and the head, and thrice the private;
        # each with its bias, a normalisation with two.
        counts = np.bincount([group(variable.path) for variable in variables])
        shared = (13 - private) * 4 + 2 * 4
        expected = [8, 2 * (2 * 16 + 4), shared, 3 * private * 4]
        assert counts.tolist() == expected


@pytest.fixture
def narrow(monkeypatch):
    """Networks of the same layers, four filters each."""
    narrow_networks(monkeypatch)


@pytest.mark.parametrize(
    "name,phase", [(x, k) for x in RATES for k in range(1 + ("rel" in x))]
)
def test_every_variable_moves_at_the_rate_of_its_group(name, phase, narrow):
    variables = build(ROWS[name], 8, 3).training.trainable_variables
    phases = ROWS[name].recipe.phases
    # The paper has Adam alone, the released files SGD after it.
    assert len(phases) == 1 + ("released" in name)
    optimizer = phases[phase].build_optimizer(100)
    assert type(optimizer) is (GroupedAdam, GroupedSGD)[phase]
    optimizer.build(variables)
    before = [keras.ops.convert_to_numpy(x).astype(float) for x in variables]
    # With a slope of 1, a first step is the rate, and a twenty-fifth of it at
    # the start of the cycle; 0.01 of a weight, at its rate, is decayed.
    optimizer.apply([keras.ops.ones(x.shape) for x in variables], variables)
    for variable, old in zip(variables, before, strict=True):
        new = keras.ops.convert_to_numpy(variable)
        rate = 25 * np.median((old - new) / (1 + 0.01 * old))
        expected = RATES[name][group(variable.path)]
        assert rate == pytest.approx(expected, rel=0.1), variable.path


@pytest.mark.parametrize("cut", [0, 12])
def test_rates_fit_the_ends_of_the_sweep(cut, narrow):
    row = ROWS[f"FER+: PSR at 64 px, {cut} private (random)"]
    variables = build(row, 8, 3).training.trainable_variables
    for phase in row.recipe.phases:
        phase.build_optimizer(10).build(variables)
    private = [x.path for x in variables if x.path.startswith("original_")]
    assert len(private) == 4 * cut


@pytest.mark.parametrize("name", ROWS)
def test_one_cycle_a_phase_or_fixed_rates_by_size(name):
    row = ROWS[name]
    for phase in row.recipe.phases:
        optimizer = phase.build_optimizer(100)
        rates = []
        for share in (0, 0.3, 1):
            step = round(share * 100 * phase.epochs)
            optimizer.iterations.assign(step)
            rates.append(float(optimizer.learning_rate))
        if phase.image_size:
            first = phase is row.recipe.phases[0]
            assert rates == pytest.approx([1e-3 if first else 1e-4] * 3)
        else:
            peak = 1e-3
            expected = [peak / 25, peak, peak / 250_000]
            assert rates == pytest.approx(expected, rel=1e-5)


def test_epochs_batches_and_augmentation_are_the_released():
    for name, epochs, batch, rotation, zoom in (
        ("FER+: PSR, PDLS", (30, 30), 64, 30, 1.2),
        ("RAF-DB: PSR, PDLS", (30, 20), 32, 15, 1.1),
    ):
        for row in ROWS[name], ROWS[f"{name} (released recipe)"]:
            recipe = row.recipe
            assert recipe.batch_size == batch
            words = {"rotation": rotation, "zoom": zoom}
            assert recipe.augment.keywords == words
        released = tuple(phase.epochs for phase in recipe.phases)
        assert released == epochs
        assert ROWS[name].recipe.epochs == sum(epochs)


@pytest.mark.parametrize("name", RATES)
def test_eight_views_are_rotated_and_zoomed_and_their_scores_averaged(name):
    recipe = ROWS[name].recipe
    views = recipe.views(np.random.default_rng(0), 400, 96)
    assert views.shape == (8, 400, 10)
    plain = np.allclose(views[..., 6:], NEUTRAL[6:], atol=1e-6)
    released = "released" in name
    # Perspective and light are of the released code alone.
    assert plain != released
    assert recipe.raw_scores != released
    # An enlarged view reads its corner and less than the image; in the middle
    # it is turned by this much.
    turned = np.abs(np.rad2deg(np.arctan2(views[:4, :, 3], views[:4, :, 0])))
    if not released:
        rotation = 30 if name.startswith("FER+") else 15
        assert 0.9 * rotation < turned.max() <= rotation + 1e-3
        side = np.hypot(views[..., 0], views[..., 3])
        np.testing.assert_allclose(side, 1 / 1.1, rtol=1e-4)


def test_random_rows_are_the_papers_without_published_weights():
    tables = {
        "Tables 4, 7 and 8: RAF-DB": "Tables 4, 7 and 8 from random weights",
        "Table 5: FER+": "Table 5 from random weights",
        "Table 6: AffectNet": "Table 6 from random weights",
    }
    for row, other in (
        pair
        for paper, ours in tables.items()
        for pair in zip(TABLES[paper].rows, TABLES[ours].rows, strict=True)
    ):
        assert row.published and not other.published
        assert not other.reported
        # All that is assumed, but for what is published.
        published = "ImageNet's weights", "DIV2K"
        assert other.recipe.assumed == tuple(
            text
            for text in row.recipe.assumed
            if not any(word in text for word in published)
        )
        assert len(other.recipe.assumed) < len(row.recipe.assumed)
        recipe = replace(other.recipe, assumed=row.recipe.assumed)
        same = {"name": row.name, "reported": row.reported, "recipe": recipe}
        assert replace(other, start_from=row.start_from, **same) == row


def test_no_row_assumes_what_its_name_denies():
    usual = {
        row.name
        for row in PAPER.rows
        if any("is kstep 1" in text for text in row.recipe.assumed)
    }
    # The paper's rows of PSR, and the same from random weights.
    tables = [table for table in PAPER.tables if table.name.startswith("Table")]
    psr = {row.name for table in tables for row in table.rows}
    assert usual == {name for name in psr if "PSR" in name}
