"""The paper's file against its numbers, and its folds on files as published."""

import csv
import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from ferkeras.build import build
from ferkeras.fold_lists import write_folds
from ferkeras.paper import Unit, units
from ferkeras.train import freeze
from ferkeras.weights import layers_with_weights
from reproductions import elsewhere
from reproductions.falahzadeh2021 import (
    CK_PLUS,
    CK_PLUS_CLASSES,
    CK_PLUS_MATRIX,
    CK_PLUS_STEPS,
    CLAIMS,
    JAFFE,
    JAFFE_CLASSES,
    JAFFE_MATRIX,
    JAFFE_STEPS,
    PAPER,
    STAGE,
)
from tests import jaffe_and_ck_plus
from tfds_builders.ck_plus import reader as ck_plus
from tfds_builders.jaffe import reader as jaffe

# papers.md, section 4.1: on JAFFE, on CK+.
ORIGINAL = "original image, conv1-4 frozen"
PRINTED = {
    "conv1 frozen": (76.25, 78.68),
    "conv1-2 frozen": (76.40, 79.3),
    "conv1-3 frozen": (80.65, 81.12),
    ORIGINAL: (83.35, 84.86),
    "3-channel": (90.10, 91.36),
    "3-channel + aug": (92.02, 93.12),
    "3-channel + aug + dropout": (92.41, 93.66),
}
# Section 4.2: trained parameters with conv1 to conv1-4 frozen.
TRAINED = (56861959, 56554503, 55669383, 55005447)
TABLES = {"jaffe": JAFFE, "ck_plus/falahzadeh2021": CK_PLUS}
PAPERS = (JAFFE, JAFFE_STEPS), (CK_PLUS, CK_PLUS_STEPS)
each_dataset = pytest.mark.parametrize("dataset", TABLES)
pytestmark = [
    pytest.mark.any_backend,
    pytest.mark.filterwarnings("ignore:.*labelled sequences"),
]


@pytest.fixture(scope="module")
def datasets(tmp_path_factory):
    return jaffe_and_ck_plus.prepare(tmp_path_factory.mktemp("data"))


def protocol_of(dataset, name):
    return next(p for p in TABLES[dataset].protocols if p.name == name)


def parts(datasets, dataset, name, run):
    """The images that train, choose and are scored in a run."""
    protocol = protocol_of(dataset, name)
    return [
        datasets.faces(dataset, split, protocol.hold_outs, 16, 1, run)
        for split in (protocol.train, protocol.select, protocol.test)
    ]


def test_the_rows_have_the_papers_numbers():
    for place, tables in enumerate(PAPERS):
        # Four rows a table, of which one is in both.
        assert [len(table.rows) for table in tables] == [4, 4]
        found = {
            row.name.partition(": ")[2]: row.reported["accuracy"]
            for table in tables
            for row in table.rows
        }
        assert found == {name: both[place] for name, both in PRINTED.items()}
    ours = [t for t in PAPER.tables if t not in (*PAPERS[0], *PAPERS[1])]
    assert not any(row.reported for table in ours for row in table.rows)
    # No two rows are the same experiment.
    digests = [unit.digest for unit in units(PAPER, runs=1)]
    assert len({*digests}) == len(digests)


@pytest.mark.parametrize(
    "table,classes,matrix,mean,images",
    [
        (JAFFE_STEPS, JAFFE_CLASSES, JAFFE_MATRIX, 92.411, 64),
        (CK_PLUS_STEPS, CK_PLUS_CLASSES, CK_PLUS_MATRIX, 93.660, 178),
    ],
)
def test_printed_matrices_are_of_as_many_images_of_each_class(
    table, classes, matrix, mean, images
):
    matrix, last = np.array(matrix), table.rows[-1]
    assert matrix.trace() / 7 == pytest.approx(mean, abs=5e-4)
    assert last.reported["accuracy"] == pytest.approx(mean, abs=5e-3)
    assert matrix.sum(1) == pytest.approx(100, abs=0.02)
    counts = matrix * images / 100
    # Printed to a hundredth, and now and then a hundredth off.
    assert np.abs(counts - counts.round()).max() < 0.015 * images / 100
    # The same as in `paper_like`, over its ten folds.
    (copies, _) = table.protocols[1].hold_outs
    assert copies.per_class == 10 * images
    recalls = last.reported["classes"]
    assert [recalls[name] for name in classes] == list(matrix.diagonal())


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
        unit = Unit(PAPER, JAFFE, row, JAFFE.protocols[2], seed)
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
    demo = elsewhere.demo_of(PAPER)
    assert not any(figure.classes for figure in demo.figures)
    assert not any("classes" in row.reported for row in demo.rows)
    assert {row.dataset for row in demo.rows} == {elsewhere.DEMO, *TABLES}
    assert not any(row.published for row in demo.rows)
    assert [len(table.protocols) for table in demo.tables[:4]] == [3] * 4


def test_the_demonstration_has_small_networks():
    rows = {row.name: row for row in elsewhere.demo_of(PAPER).rows}
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
