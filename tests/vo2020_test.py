"""The paper's file against the paper's numbers and the released settings."""

import math
import re
from dataclasses import replace
from functools import partial
from importlib import import_module

import keras
import numpy as np
import pytest

from ferkeras.build import build
from ferkeras.data import Datasets
from ferkeras.models import edsr
from ferkeras.paper import units
from ferkeras.record import read_record
from ferkeras.start import take_start, weights_of
from ferkeras.train import freeze
from reproductions import command_line, elsewhere
from reproductions.vo2020 import PAPER

ROWS = {row.name: row for row in PAPER.rows}
TABLES = {table.name: table for table in PAPER.tables}

# papers.md, section 5.1: accuracy, mean recall.
PRINTED = """
    RAF-DB: VGG16, CE                  85.66
    RAF-DB: VGG16, LS                  85.89 76.27
    RAF-DB: VGG16, PDLS                85.77
    RAF-DB: PSR, CE                    87.78
    RAF-DB: PSR, LS                    88.56
    RAF-DB: PSR, PDLS                  88.98 80.78
    RAF-DB: PSR without STN, PDLS      88.62 79.57
    FER+: VGG16, CE                    85.89
    FER+: PSR, PDLS                    89.56 69.54
    AffectNet, 8 classes: PSR, PDLS    60.68
    AffectNet, 7 classes: PSR, PDLS    63.77
"""
RECALLS = {
    "RAF-DB: PSR, PDLS": {"disgust": 54, "fear": 59},
    "FER+: PSR, PDLS": {"happiness": 96, "contempt": 23},
    "AffectNet, 8 classes: PSR, PDLS": {"contempt": 49},
}


def test_the_rows_have_the_papers_numbers_and_no_others():
    lines = [re.split(r"\s{2,}", line) for line in PRINTED.split("\n    ")[1:]]
    printed = {
        name: list(map(float, numbers.split())) for name, numbers in lines
    }
    found = {
        row.name: [
            row.reported[key]
            for key in ("accuracy", "mean_recall")
            if key in row.reported
        ]
        for row in PAPER.rows
        if row.reported
    }
    assert found == printed
    for name in printed:
        recalls = ROWS[name].reported.get("classes", {})
        assert recalls == RECALLS.get(name, {})
    ferplus = ROWS["FER+: PSR, PDLS"].reported
    assert ferplus["macro_f1"] == 74.88 and ferplus["max"] == 89.75


def test_pictures_and_sentences_are_about_rows_of_the_paper():
    assert {*ROWS} >= {name for x in PAPER.figures for name in x.rows}
    assert {*ROWS} >= {statement.row for statement in PAPER.statements}


# Rates of the released files: of the transformer and EDSR, of the shared
# convolutions and the head, of the private convolutions.
RATES = {
    "FER+: PSR, PDLS": (1e-5, 5e-4, 1e-3),
    "RAF-DB: PSR, PDLS": (1e-5, 5e-3, 1e-3),
}


def group(path):
    """Which of the three a variable belongs to, by its layer."""
    layer = path.split("/")[0]
    if layer == "transformer" or layer.startswith("edsr_x2_"):
        return 0
    if layer.startswith(("shared_", "head_")):
        return 1
    assert layer.startswith(("small_", "x2_", "original_")), path
    return 2


def trained(variables):
    return sum(math.prod(variable.shape) for variable in variables)


@pytest.mark.parametrize(
    "name,classes,parameters",
    [
        ("RAF-DB: PSR, PDLS", 7, 20244586),
        ("FER+: PSR, PDLS", 8, 20231979),
        ("RAF-DB: VGG16, CE", 7, 15254599),
    ],
)
def test_networks_have_the_authors_parameters_and_groups(
    name, classes, parameters
):
    row = ROWS[name]
    variables = build(row, classes, 3).training.trainable_variables
    assert trained(variables) == parameters
    for phase in row.recipe.phases:
        phase.build_optimizer(10).build(variables)
    if name in RATES:
        # Transformer and EDSR, six convolutions and the head, three times
        # seven; each with its bias, a normalisation with two.
        counts = np.bincount([group(variable.path) for variable in variables])
        expected = [8 + 2 * (2 * 16 + 4), 6 * 4 + 2 * 4, 3 * 7 * 4]
        assert counts.tolist() == expected


@pytest.fixture
def narrow(monkeypatch):
    """Networks of the same layers, four filters each."""
    vgg = import_module("ferkeras.models.vgg16_bn")
    monkeypatch.setattr(vgg, "BLOCKS", ((4,) * 2,) * 2 + ((4,) * 3,) * 3)
    for name in ("pyramid_sr", "super_resolution"):
        module = import_module(f"ferkeras.models.{name}")
        monkeypatch.setattr(module, "edsr", partial(edsr, filters=4))


@pytest.mark.parametrize("phase", [0, 1], ids=["adam", "sgd"])
@pytest.mark.parametrize("name", RATES)
def test_every_variable_moves_at_the_rate_of_its_group(name, phase, narrow):
    variables = build(ROWS[name], 8, 3).training.trainable_variables
    optimizer = ROWS[name].recipe.phases[phase].build_optimizer(100)
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
        recipe = ROWS[name].recipe
        assert tuple(phase.epochs for phase in recipe.phases) == epochs
        assert recipe.batch_size == batch
        assert recipe.augment.keywords == {"rotation": rotation, "zoom": zoom}
        assert recipe.views.keywords == {"rotation": rotation}


@pytest.mark.parametrize(
    "name,sides",
    [
        ("RAF-DB: VGG16", (50, 100, 150, 50)),
        ("RAF-DB: PSR", (64, 100, 150, 64)),
        ("FER+: VGG16", (48, 96, 192, 48)),
        ("FER+: PSR", (64, 96, 192, 64)),
    ],
)
def test_sizes_follow_one_another_and_the_first_trains_the_head(name, sides):
    row = ROWS[f"{name}, {'-'.join(map(str, sides))}"]
    phases = row.recipe.phases
    assert tuple(phase.image_size for phase in phases) == sides
    assert row.image_size == sides[-1]
    assert [phase.epochs for phase in phases] == [20] * 4
    assert [bool(phase.frozen) for phase in phases] == [True] + [False] * 3


@pytest.mark.parametrize(
    "name,parts",
    [
        ("FER+: VGG16, 48-96-192-48", {"features"}),
        (
            "FER+: PSR, 64-96-192-64",
            {"edsr", "small", "x2", "original", "shared"},
        ),
    ],
)
def test_the_first_size_trains_nothing_but_the_head(name, parts, narrow):
    row = ROWS[name]
    classifier = build(row, 8, 3).classifier
    first, second, *_ = row.recipe.phases
    freeze(classifier, first.frozen)
    layers = {x.path.split("/")[0] for x in classifier.trainable_variables}
    assert layers == {"head_bn1", "head_dense", "head_bn2", "head_logits"}
    freeze(classifier, second.frozen)
    layers = {x.path.split("_")[0] for x in classifier.trainable_variables}
    assert layers - {"head"} == parts


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
        start = set() if "VGG16" in row.name else {"EDSR x2 on FER2013"}
        assert {x.source for x in other.start_from} == start
        same = {"name": row.name, "reported": row.reported}
        assert replace(other, start_from=row.start_from, **same) == row


def test_no_row_assumes_what_its_name_denies():
    usual = {
        row.name
        for row in PAPER.rows
        if any("branches (kstep 1)" in text for text in row.recipe.assumed)
    }
    # The paper's rows of PSR, and the same from random weights.
    tables = [table for table in PAPER.tables if table.name.startswith("Table")]
    psr = {row.name for table in tables for row in table.rows}
    assert usual == {name for name in psr if "PSR" in name}


@pytest.mark.slow
def test_the_demo_of_the_pyramid_runs_the_stage_that_it_starts_from(
    narrow, tmp_path
):
    name = "FER+: PSR, PDLS (random)"
    paper = replace(PAPER, demo_epochs=1)
    command_line.main(
        paper, ["--demo", "--rows", name, "--results", str(tmp_path)]
    )
    (unit,) = units(elsewhere.demo_of(paper), [name])
    (stage,) = unit.stages
    entry = read_record(tmp_path, stage)
    assert entry["status"] == "complete" and entry["scores"]["psnr"] > 10
    network = build(unit.row, 8).classifier
    (start,) = unit.row.start_from
    taken = take_start(start, network, unit, tmp_path, Datasets(tmp_path))
    assert read_record(tmp_path, unit)["started_from"] == [taken]
    trained = keras.saving.load_model(weights_of(tmp_path, stage))
    (trained,) = (x for x in trained.layers if x.name == "super_resolution")
    ours, theirs = (x.get_layer("edsr_x2").weights for x in (network, trained))
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)
    scores = read_record(tmp_path, unit)["scores"]
    assert [*scores["branches"]] == ["small", "x2", "original"]
