"""Rows at one size after another, and what starts from them."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from ferkeras.data import Datasets
from ferkeras.papers.paper import units
from ferkeras.runs.first_weights import fill_with, weights_of
from ferkeras.runs.record import read_record
from ferkeras.training.build import build
from ferkeras.training.train import freeze
from ferkeras.weights import copy_weights
from reproductions.commands import other_datasets, run_papers
from reproductions.vo2020 import PAPER
from tests.narrow import narrow_networks
from tfds_builders.synthetic_faces import reader

ROWS = {row.name: row for row in PAPER.rows}


@pytest.fixture
def narrow(monkeypatch):
    """Networks of the same layers, four filters each."""
    narrow_networks(monkeypatch)


@pytest.mark.parametrize(
    "name,sides",
    [
        ("RAF-DB: VGG16", (50, 100, 150, 50)),
        ("RAF-DB: PSR", (64, 100, 150, 64)),
        ("FER+: VGG16", (48, 96, 192, 48)),
        ("FER+: PSR", (64, 96, 192, 64)),
    ],
)
def test_sizes_follow_one_another_after_the_head_alone(name, sides):
    row = ROWS[f"{name}, {'-'.join(map(str, sides))}"]
    phases = row.recipe.phases
    assert row.image_size == sides[-1] == sides[0]
    assert [bool(phase.frozen) for phase in phases] == [True] + [False] * 4
    at = [phase.image_size for phase in phases for _ in range(phase.epochs)]
    # Counted from 1: the first epoch at another size than the one before.
    changes = [k + 1 for k in range(1, 100) if at[k] != at[k - 1]]
    assert changes == [41, 61, 81]
    assert [at[k - 1] for k in (1, *changes)] == [*sides]
    assert len(at) == row.recipe.epochs == 100
    assert {start.source for start in row.start_from} == (
        {"VGG16-BN, ImageNet"}
        | ({"EDSR x2, DIV2K"} if "PSR" in name else set())
    )


def test_nothing_random_is_frozen():
    for name, row in ROWS.items():
        if name.endswith("(random)"):
            assert not any(phase.frozen for phase in row.recipe.phases)


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
def test_the_first_epochs_train_nothing_but_the_head(name, parts, narrow):
    row = ROWS[name]
    classifier = build(row, 8, 3).classifier
    first, second, *_ = row.recipe.phases
    freeze(classifier, first.frozen)
    layers = {x.path.split("/")[0] for x in classifier.trainable_variables}
    assert layers == {"head_bn1", "head_dense", "head_bn2", "head_logits"}
    freeze(classifier, second.frozen)
    layers = {x.path.split("_")[0] for x in classifier.trainable_variables}
    assert layers - {"head"} == parts


RAF_STAGE = "RAF-DB: VGG16, 50-100-150-50"
FERPLUS_STAGE = "FER+: VGG16, 48-96-192-48"
# Where rows do not start from VGG16 of their own images.
ELSEWHERE = {
    "RAF-DB: PSR, PDLS (released recipe)": FERPLUS_STAGE,
    "RAF-DB: PSR, PDLS, from VGG16 of FER+": FERPLUS_STAGE,
    "FER+: PSR, PDLS (released recipe)": "VGG16-BN, ImageNet",
    "FER+: PSR, PDLS, from ImageNet": "VGG16-BN, ImageNet",
    "RAF-DB: PSR, 64-100-150-64": "VGG16-BN, ImageNet",
    "FER+: PSR, 64-96-192-64": "VGG16-BN, ImageNet",
    # ImageNet's weights are left out.
    "FER+: PSR, 64-96-192-64 (random)": None,
}


@pytest.mark.parametrize("name", [name for name in ROWS if "PSR" in name])
def test_psr_starts_from_vgg16_at_several_sizes_and_from_edsr(name):
    usual = RAF_STAGE if name.startswith("RAF-DB") else FERPLUS_STAGE
    random = name.endswith("(random)")
    stage = ELSEWHERE.get(name, f"{usual} (random)" if random else usual)
    edsr = "EDSR x2 on FER2013" if random else "EDSR x2, DIV2K"
    sources = [start.source for start in ROWS[name].start_from]
    assert sources == [*([stage] if stage else []), edsr]
    assert stage in {None, "VGG16-BN, ImageNet", *ROWS}


@pytest.mark.parametrize(
    "name,runs",
    [
        ("RAF-DB: PSR, PDLS", 5),
        ("RAF-DB: PSR, PDLS (random)", 5),
        ("RAF-DB: PSR, 3 private", 5),
        ("FER+: PSR, PDLS", 3),
        ("FER+: PSR, CE (random)", 3),
        ("FER+: PSR at 64 px, 3 private (random)", 3),
    ],
)
def test_a_stage_is_of_the_seed_and_fold_of_what_starts_from_it(name, runs):
    for seed, unit in enumerate(units(PAPER, [name], runs=runs)):
        (stage,) = (x for x in unit.stages if "VGG16" in x.row.name)
        assert stage.seed == unit.seed == seed
        assert stage.protocol == unit.protocol


@pytest.mark.parametrize(
    "name,classes,logits",
    [
        ("FER+: PSR, PDLS", 8, True),
        ("FER+: PSR at 64 px, 0 private (random)", 8, True),
        ("RAF-DB: PSR, PDLS, from VGG16 of FER+", 7, False),
    ],
)
def test_convolutions_and_head_are_those_of_the_stage(
    name, classes, logits, narrow
):
    row = ROWS[name]
    start = row.start_from[0]
    source = build(ROWS[start.source], 8, 3)
    network = build(row, classes, 3).classifier
    taken = copy_weights(source.scoring, network, start.names)
    private = getattr(row.model, "keywords", {}).get("position", 6)
    # A normalisation a convolution; the head is two layers and two of them.
    head = 4 if logits else 3
    assert len(taken) == 2 * (3 * private + 13 - private) + head
    assert ("head_logits" in taken) == logits
    assert not any(layer.startswith("edsr") for layer in taken)
    theirs = source.classifier.get_layer("features").get_weights()[0]
    first = "original" if private else "shared"
    ours = network.get_layer(first).get_weights()[0]
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.slow
def test_the_demo_of_the_pyramid_runs_the_stage_that_it_starts_from(
    narrow, monkeypatch, tmp_path
):
    few = reader.Config("demo", train=80, validation=80, test=40)
    draw = reader.draw_split
    monkeypatch.setattr(reader, "draw_split", lambda _, *of: draw(few, *of))
    name = "FER+: PSR, PDLS (random)"
    paper = replace(PAPER, demo=replace(PAPER.demo, epochs=1))
    run_papers.main(
        paper, ["--demo", "--rows", name, "--results", str(tmp_path)]
    )
    (unit,) = units(other_datasets.demo_of(paper), [name])
    first, stage = unit.stages
    assert first.row.name == "FER+: VGG16, 48-96-192-48 (random)"
    entry = read_record(tmp_path, stage)
    assert entry["status"] == "complete" and entry["scores"]["psnr"] > 10
    network = build(unit.row, 8).classifier
    taken = [
        fill_with(start, network, unit, tmp_path, Datasets(tmp_path))
        for start in unit.row.start_from
    ]
    assert read_record(tmp_path, unit)["started_from"] == taken
    trained = keras.saving.load_model(weights_of(tmp_path, stage))
    (trained,) = (x for x in trained.layers if x.name == "super_resolution")
    ours, theirs = (x.get_layer("edsr_x2").weights for x in (network, trained))
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)
    scores = read_record(tmp_path, unit)["scores"]
    assert [*scores["branches"]] == ["small", "x2", "original"]
