"""The paper's file against its numbers, and its folds on files as published."""

import csv
from collections import Counter
from dataclasses import replace
from functools import partial

import keras
import numpy as np
import pytest

from ferkeras import export  # noqa: F401, layers of saved models
from ferkeras.build import build
from ferkeras.data import Datasets
from ferkeras.fold_lists import write_folds
from ferkeras.models import alexnet
from ferkeras.paper import Unit, units
from ferkeras.record import read_record
from ferkeras.train import freeze
from ferkeras.weights import layers_with_weights
from reproductions import __main__, command_line
from reproductions.falahzadeh2021 import (
    CK_PLUS,
    CK_PLUS_CLASSES,
    CK_PLUS_MATRIX,
    CLAIMS,
    JAFFE,
    JAFFE_BACKBONE,
    JAFFE_CLASSES,
    JAFFE_MATRIX,
    PAPER,
    STAGE,
)
from tfds_builders.ck_plus import fake_files as ck_plus_files
from tfds_builders.ck_plus import reader as ck_plus
from tfds_builders.jaffe import fake_files as jaffe_files
from tfds_builders.jaffe import reader as jaffe

# papers.md, section 4.1: on JAFFE, on CK+.
PRINTED = {
    "conv1 frozen": (76.25, 78.68),
    "conv1-2 frozen": (76.40, 79.3),
    "conv1-3 frozen": (80.65, 81.12),
    "conv1-4 frozen": (83.35, 84.86),
    "3-channel": (90.10, 91.36),
    "3-channel + aug": (92.02, 93.12),
    "3-channel + aug + dropout": (92.41, 93.66),
}
# Section 4.2: trained parameters with conv1 to conv1-4 frozen.
TRAINED = (56861959, 56554503, 55669383, 55005447)
PEOPLE, SEQUENCES = 24, 3
TABLES = {"jaffe": JAFFE, "ck_plus/falahzadeh2021": CK_PLUS}
each_dataset = pytest.mark.parametrize("dataset", TABLES)
pytestmark = pytest.mark.filterwarnings("ignore:.*labelled sequences")


@pytest.fixture(scope="module")
def datasets(tmp_path_factory):
    """JAFFE under its 213 published names, and 72 sequences of CK+, drawn."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "jaffe").mkdir()
    for name in jaffe.PUBLISHED:
        label = jaffe.EXPRESSIONS[name[3:5]]
        face = jaffe_files.tiff(jaffe_files.face(label, int(name[5])))
        (folder / "jaffe" / name).write_bytes(face)
    labels = [*ck_plus.PUBLISHED]
    sequences = {
        (f"S{person:03}", f"{place:03}"): (
            labels[(SEQUENCES * person + place) % len(labels)],
            range(1, 6),
        )
        for person in range(PEOPLE)
        for place in range(SEQUENCES)
    }
    ck_plus_files.write_original(folder / "ck", sequences, {})
    for dataset, place in zip(TABLES, ("jaffe", "ck"), strict=True):
        words = ["prepare", dataset, "--manual-dir", str(folder / place)]
        __main__.main([*words, "--data-dir", str(folder / "data")])
    return Datasets(folder / "data")


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
    for table, place in ((JAFFE, 0), (CK_PLUS, 1)):
        found = {
            row.name.partition(": ")[2]: row.reported["accuracy"]
            for row in table.rows
        }
        assert found == {name: both[place] for name, both in PRINTED.items()}
    ours = [t for t in PAPER.tables if t not in (JAFFE, CK_PLUS)]
    assert not any(row.reported for table in ours for row in table.rows)
    # No two rows are the same experiment.
    digests = [unit.digest for unit in units(PAPER, runs=1)]
    assert len({*digests}) == len(digests)


@pytest.mark.parametrize(
    "table,classes,matrix,mean,images",
    [
        (JAFFE, JAFFE_CLASSES, JAFFE_MATRIX, 92.411, 64),
        (CK_PLUS, CK_PLUS_CLASSES, CK_PLUS_MATRIX, 93.660, 178),
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


def test_frozen_convolutions_leave_the_papers_parameters_to_train():
    network = build(JAFFE.rows[0], 7).classifier
    assert network.count_params() == 56896903
    for row, trained in zip(JAFFE.rows[:4], TRAINED, strict=True):
        freeze(network, row.recipe.phases[0].frozen)
        shapes = [v.shape for v in network.trainable_variables]
        assert sum(map(np.prod, shapes)) == trained


@pytest.fixture(scope="module")
def run(datasets, tmp_path_factory):
    """A row and the one that it starts from, small; its folder."""

    def small(row, **changes):
        phase = replace(row.recipe.phases[0], epochs=2)
        return replace(
            row,
            model=partial(alexnet, dense=(6, 5)),
            image_size=64,
            recipe=replace(row.recipe, phases=(phase,)),
            **changes,
        )

    stage = replace(
        STAGE,
        protocols=JAFFE.protocols,
        rows=tuple(small(row, dataset="jaffe") for row in STAGE.rows),
    )
    rows = tuple(map(small, JAFFE_BACKBONE.rows))
    tables = (replace(JAFFE_BACKBONE, rows=rows), stage)
    paper = replace(PAPER, tables=tables, comparisons=())
    results = tmp_path_factory.mktemp("results")
    words = ["--rows", rows[1].name, "--protocol", "clean", "--runs", "1"]
    words += ["--data-dir", str(datasets.data_dir)]
    command_line.main(paper, [*words, "--results", str(results)])
    (unit,) = units(paper, [rows[1].name], ["clean"], runs=1)
    return results, unit


def trained(results, unit):
    """Weights of a finished run, by layer."""
    path = results / "work" / unit.folder / f"seed{unit.seed}" / "model.keras"
    layers = layers_with_weights(keras.saving.load_model(path))
    return {name: layer.get_weights() for name, layer in layers.items()}


def test_frozen_layers_stay_as_they_were_and_others_do_not(run):
    results, unit = run
    weights, source = (trained(results, x) for x in (unit, *unit.stages))
    frozen = {"conv1", "conv2_1", "conv2_2"}
    assert {*read_record(results, unit)["started_from"][0]["layers"]} == frozen
    for name, (kernel, bias) in weights.items():
        if name in frozen:
            assert (kernel == source[name][0]).all()
            assert (bias == source[name][1]).all()
        else:
            # Biases start all alike.
            assert len(np.unique(bias)) > 1, name
            assert (kernel != source[name][0]).any()
    # The source was trained as well.
    assert len(np.unique(source["conv1"][1])) > 1


def test_one_command_gives_the_row_and_the_list_of_folds(run):
    results, unit = run
    entry = read_record(results, unit)
    assert entry["dataset"]["images"]["test"] in range(20, 24)
    assert entry["optimizers"][0]["beta_2"] == 0.95
    report = (results / "falahzadeh2021.md").read_text()
    assert f"| {unit.row.name} | jaffe | – | clean |" in report
    folder = results / "falahzadeh2021/clean"
    assert (folder / "10-folds-of-jaffe-train-0.csv").exists()


def test_the_demonstration_expects_no_classes_of_the_paper():
    demo = command_line.demo_of(PAPER)
    assert not any(figure.classes for figure in demo.figures)
    assert not any("classes" in row.reported for row in demo.rows)
    assert {row.dataset for row in demo.rows} == {command_line.DEMO}
    assert not any(row.published for row in demo.rows)
