"""The paper's folds on files as published, its starts and its networks."""

import csv
import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from ferkeras.papers import Unit
from ferkeras.papers.paper import units
from ferkeras.runs.fold_lists import write_folds
from ferkeras.training.build import build
from ferkeras.training.train import freeze
from ferkeras.weights import layers_with_weights
from reproductions.commands import other_datasets
from reproductions.falahzadeh2021 import (
    CK_PLUS,
    CK_PLUS_BACKBONE,
    CK_PLUS_COPIES,
    CLAIMS,
    JAFFE,
    JAFFE_BACKBONE,
    JAFFE_COPIES,
    JAFFE_STEPS,
    PAPER,
    SMALL_STAGE,
    STAGE,
)
from tests import jaffe_and_ck_plus
from tfds_builders.ck_plus import reader as ck_plus
from tfds_builders.jaffe import reader as jaffe

ORIGINAL = "original image, conv1-4 frozen"
# papers.md, section 4.2: trained parameters with conv1 to conv1-4 frozen.
TRAINED = (56861959, 56554503, 55669383, 55005447)
TABLES = {
    "jaffe": (JAFFE, JAFFE_COPIES),
    "ck_plus/falahzadeh2021": (CK_PLUS, CK_PLUS_COPIES),
}
each_dataset = pytest.mark.parametrize("dataset", TABLES)
pytestmark = [
    pytest.mark.any_backend,
    pytest.mark.filterwarnings("ignore:.*labelled sequences"),
]


@pytest.fixture(scope="module")
def datasets(tmp_path_factory):
    return jaffe_and_ck_plus.prepare(tmp_path_factory.mktemp("data"))


def protocol_of(dataset, name):
    (protocol,) = (
        protocol
        for table in TABLES[dataset]
        for protocol in table.protocols
        if protocol.name == name
    )
    return protocol


def parts(datasets, dataset, name, run):
    """The images that train, choose and are scored in a run."""
    protocol = protocol_of(dataset, name)
    return [
        datasets.faces(dataset, split, protocol.hold_outs, 16, 1, run)
        for split in (protocol.train, protocol.select, protocol.test)
    ]


@each_dataset
@pytest.mark.parametrize("name", ["paper", "paper_like", "clean"])
def test_ten_runs_score_every_image_once(dataset, name, datasets):
    steps = protocol_of(dataset, name).hold_outs
    before = steps[:1] if name == "paper_like" else ()
    whole = datasets.faces(dataset, "train", before, 16)
    rows = [parts(datasets, dataset, name, run)[2].rows for run in range(10)]
    assert Counter(np.concatenate(rows)) == Counter(whole.rows)
    if name == "paper":
        assert np.ptp(list(map(len, rows))) <= 1


@each_dataset
def test_nobody_is_on_two_sides_when_clean(dataset, datasets):
    everyone = {*datasets.faces(dataset, "train", (), 16).subjects}
    for run in range(10):
        sides = parts(datasets, dataset, "clean", run)
        people = [{*faces.subjects} for faces in sides]
        assert set.union(*people) == everyone
        assert sum(map(len, people)) == len(everyone)
        if dataset == "jaffe":
            assert list(map(len, people)) == [7, 2, 1]


@each_dataset
def test_the_papers_folds_show_people_that_are_trained_on(dataset, datasets):
    train, select, test = parts(datasets, dataset, "paper", 0)
    assert not {*train.rows} & {*test.rows}
    assert {*test.subjects} <= {*train.subjects}
    assert (select.rows == test.rows).all()


@each_dataset
def test_copies_of_what_is_scored_are_trained_on(dataset, datasets):
    train, _, test = parts(datasets, dataset, "paper_like", 0)
    each = {"jaffe": 64, "ck_plus/falahzadeh2021": 178}[dataset]
    assert np.bincount(test.labels).tolist() == [each] * 7
    assert np.bincount(train.labels).tolist() == [9 * each] * 7
    leaked = np.isin(test.rows, train.rows)
    assert leaked.mean() > 0.99
    # They are copies, not repetitions.
    row = test.rows[leaked][0]
    scored, copies = (x.images[:][x.rows == row] for x in (test, train))
    assert not (copies == scored[:1]).all((1, 2, 3)).any()


def test_the_list_of_folds_is_that_of_the_runs(datasets, tmp_path):
    row = replace(JAFFE.rows[0], image_size=16)
    for seed in (3, 7):
        unit = Unit(PAPER, JAFFE, row, JAFFE.protocols[1], seed)
        write_folds(tmp_path, unit, datasets)
    (path,) = tmp_path.glob("falahzadeh2021/clean/*")
    assert path.name == "10-folds-of-jaffe-train-0.csv"
    with open(path, newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 213
    for run in range(10):
        (person,) = {x["subject"] for x in lines if x["fold"] == str(run)}
        assert {*parts(datasets, "jaffe", "clean", run)[2].subjects} == {person}


def test_parts_of_fer2013_are_as_large_as_jaffe_and_ck_plus():
    few, many = (table.protocols[0].hold_outs[0] for table in CLAIMS[:2])
    assert few.balanced and few.images == 7 * 30
    assert len(jaffe.PUBLISHED) == few.images + 3
    config = ck_plus.CONFIGS["falahzadeh2021"]
    assert not many.balanced and many.images == sum(config.images)


@pytest.mark.parametrize("table", CLAIMS, ids=lambda table: table.name)
def test_parts_of_fer2013_are_new_to_what_their_rows_start_from(table):
    (protocol,) = table.protocols
    draw, fold, held = protocol.hold_outs
    # A division is one draw, and the table has whole divisions.
    assert draw.runs == fold.folds and table.runs % fold.folds == 0
    assert draw.of == "test" and {fold.of, held.of} == {draw.name}
    assert {protocol.train, protocol.select, protocol.test} == {
        draw.name,
        held.name,
        fold.name,
    }
    for row in table.rows:
        (stage,) = Unit(PAPER, table, row, protocol, 0).stages
        assert stage.row.channels == row.channels
        assert stage.row.image_size == row.image_size
        used = stage.protocol.train, stage.protocol.select
        assert used == ("train", "validation") and not stage.protocol.hold_outs


@pytest.mark.parametrize(
    "table", [JAFFE_BACKBONE, CK_PLUS_BACKBONE, *CLAIMS], ids=lambda t: t.name
)
def test_runs_take_the_three_networks_of_a_kind_in_turn(table):
    assert STAGE.runs == SMALL_STAGE.runs == 3
    for row in table.rows:
        seeds = [
            [stage.seed for stage in unit.stages]
            for unit in units(PAPER, [row.name], ["clean"])
        ]
        assert seeds == [[k % 3] for k in range(table.runs)]


def test_readings_start_from_and_see_what_their_names_say():
    rows = {row.name: row for row in PAPER.rows}
    network = build(JAFFE_STEPS.rows[1], 7).classifier
    filled = layers_with_weights(network)
    taken = {
        words: {
            name
            for name in filled
            for start in rows[f"JAFFE: {words}"].start_from
            for pattern in start.names
            if re.fullmatch(pattern, name)
        }
        for words in (ORIGINAL, "3-channel, others from ImageNet")
    }
    first = {"conv1", "conv2_1", "conv2_2", "conv3", "conv4_1", "conv4_2"}
    assert taken[ORIGINAL] == first
    # All but what tells the classes apart.
    rest = taken["3-channel, others from ImageNet"]
    assert {*filled} - rest == {"logits"}
    bgr, *_ = rows["JAFFE: 3-channel, as BGR"].start_from
    rgb, *_ = rows["JAFFE: 3-channel"].start_from
    assert (rgb.source, bgr.source) == (
        "AlexNet, ImageNet (RGB)",
        "AlexNet, ImageNet (BGR)",
    )
    # Red, green and blue of ImageNet, from grey, d/dx and d/dy.
    layer = rows["JAFFE: 3-channel, less mean"].normalization()
    found = layer(np.full((1, 2, 2, 3), 200.0, "float32"))[0, 0, 0]
    np.testing.assert_allclose(found, [77.32, 83.33, 96.0], atol=0.01)


def test_frozen_convolutions_leave_the_papers_parameters_to_train():
    network = build(JAFFE.rows[0], 7).classifier
    assert network.count_params() == 56896903
    for row, trained in zip(JAFFE.rows, TRAINED, strict=True):
        freeze(network, row.recipe.phases[0].frozen)
        shapes = [v.shape for v in network.trainable_variables]
        assert sum(map(np.prod, shapes)) == trained


def test_the_demonstration_expects_no_classes_of_the_paper():
    demo = other_datasets.demo_of(PAPER)
    assert not any(figure.classes for figure in demo.figures)
    assert not any("classes" in row.reported for row in demo.rows)
    assert {row.dataset for row in demo.rows} == {PAPER.demo.faces, *TABLES}
    assert not any(row.published for row in demo.rows)
    counts = [len(table.protocols) for table in demo.tables[:6]]
    assert counts == [2, 2, 1] * 2
    protocols = {p.name for table in demo.tables[:6] for p in table.protocols}
    assert protocols == {"paper", "paper_like", "clean"}


def test_the_demonstration_has_small_networks():
    rows = {row.name: row for row in other_datasets.demo_of(PAPER).rows}
    for row in (rows["JAFFE: 3-channel"], rows[JAFFE_STEPS.rows[-1].name]):
        # Of 64 pixels, one is left, with 256 channels.
        assert build(row, 7).classifier.get_layer("logits").input.shape == (
            None,
            256,
        )
        assert "dense=()" in row.recipe.assumed[0]
    # A row's own arguments stay.
    (stage, *_) = (rows[row.name] for row in STAGE.rows)
    assert stage.model.keywords["dense"] == (4096, 4096)
