"""The paper's rows, small, on drawn faces in the published layouts."""

from dataclasses import replace
from functools import partial
from importlib import import_module

import keras
import numpy as np
import pytest

from ferkeras.papers.paper import units
from ferkeras.reports.pictures import confusion
from ferkeras.reports.summary import summarise
from ferkeras.runs.record import read_record
from ferkeras.scoring import export  # noqa: F401, layers of saved models
from ferkeras.weights import layers_with_weights
from reproductions.commands import run_papers
from reproductions.falahzadeh2021 import (
    CK_PLUS,
    JAFFE,
    JAFFE_BACKBONE,
    JAFFE_COPIES,
    PAPER,
    STAGE,
)
from reproductions.falahzadeh2021_recipes import from_backbone
from tests import jaffe_and_ck_plus, tiny

# The rows with copies, as those without ImageNet's weights.
COPIES = replace(
    JAFFE_COPIES, rows=tuple(map(from_backbone, JAFFE_COPIES.rows))
)
pytestmark = pytest.mark.filterwarnings("ignore:.*labelled sequences")


@pytest.fixture(autouse=True, scope="module")
def narrow():
    """AlexNet of an eighth of its filters."""
    module = import_module("ferkeras.models.alexnet")
    fewer = [(row[0] // 8, *row[1:]) for row in module.CONVOLUTIONS]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "CONVOLUTIONS", fewer)
        yield


@pytest.fixture(scope="module")
def datasets(tmp_path_factory):
    return jaffe_and_ck_plus.prepare(tmp_path_factory.mktemp("data"))


def small(row, **changes):
    """A row as it stands, but for its sizes and one epoch."""
    phase = replace(row.recipe.phases[0], epochs=1)
    return replace(
        row,
        model=partial(row.model, dense=(6, 5)),
        image_size=40,
        recipe=replace(row.recipe, phases=(phase,)),
        **changes,
    )


def paper_of(*tables):
    """The paper with these tables alone."""
    return replace(PAPER, tables=tables, comparisons=())


def small_paper(table, dataset, protocols):
    """The paper's rows on FER2013's backbone, which a dataset stands for."""
    rows = tuple(small(row) for row in table.rows)
    stages = tuple(small(row, dataset=dataset) for row in STAGE.rows)
    stage = replace(STAGE, protocols=protocols, rows=stages)
    return paper_of(replace(table, protocols=protocols, rows=rows), stage)


def finished(paper, datasets, results, rows, *words):
    """Lines of its first table with complete runs, once rows were run."""
    words = [*words, "--results", str(results), "--rows", *rows]
    run_papers.main(paper, [*words, "--data-dir", str(datasets.data_dir)])
    return [
        line
        for line in summarise(paper, results)
        if line.complete and line.table is paper.tables[0]
    ]


@pytest.fixture(scope="module")
def run(datasets, tmp_path_factory):
    """Each row once, small: what the report tells, a row, and the folder."""
    results = tmp_path_factory.mktemp("results")
    paper = small_paper(JAFFE_BACKBONE, "jaffe", JAFFE.demo)
    rows = [row.name for row in paper.tables[0].rows]
    words = ["--protocol", "clean", "--runs", "1"]
    lines = finished(paper, datasets, results, rows, *words)
    (unit,) = units(paper, [rows[1]], ["clean"], runs=1)
    return lines, unit, results


@pytest.mark.slow
def test_every_row_runs(run):
    lines, _, results = run
    rows = [row.name for row in JAFFE_BACKBONE.rows]
    assert [line.row.name for line in lines] == rows
    assert [len(line.complete) for line in lines] == [1] * 7
    # The files were drawn, though the dataset has JAFFE's name.
    report = (results / "falahzadeh2021.md").read_text()
    assert "**Synthetic faces.**" in report
    assert report.count("(synthetic) | ") >= 7


@pytest.mark.slow
def test_copies_are_trained_on_and_scored(datasets, tmp_path):
    words = ["--protocol", "paper_like", "--runs", "1"]
    rows = [COPIES.rows[0].name]
    paper = small_paper(COPIES, "jaffe", JAFFE_COPIES.demo)
    (line,) = finished(paper, datasets, tmp_path, rows, *words)
    # Filled up to 40 of each class, of which a tenth is scored.
    ((_, entry),) = line.complete
    assert entry["dataset"]["images"] == {"train": 7 * 36, "test": 7 * 4}


@pytest.mark.slow
def test_each_run_scores_the_fold_of_its_seed(datasets, tmp_path):
    # Any network will do.
    row = small(CK_PLUS.rows[-1], start_from=())
    row = replace(row, model=tiny.network)
    paper = paper_of(replace(CK_PLUS, protocols=CK_PLUS.demo, rows=(row,)))
    words = ["--protocol", "clean", "--runs", "3"]
    (line,) = finished(paper, datasets, tmp_path, [row.name], *words)
    assert [unit.seed for unit, _ in line.complete] == [0, 1, 2]
    expected = 0
    for unit, entry in line.complete:
        folds = unit.protocol.test, unit.protocol.hold_outs
        fold = datasets.faces(row.dataset, *folds, 16, 1, unit.seed)
        assert entry["dataset"]["images"]["test"] == len(fold.labels)
        expected += np.bincount(fold.labels)
    assert (confusion(line).sum(1) == expected).all()


def trained(results, unit):
    """Weights of a finished run, by layer."""
    path = results / "work" / unit.folder / f"seed{unit.seed}" / "model.keras"
    layers = layers_with_weights(keras.saving.load_model(path))
    return {name: layer.get_weights() for name, layer in layers.items()}


@pytest.mark.slow
def test_frozen_layers_stay_as_they_were_and_others_do_not(run):
    _, unit, results = run
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


@pytest.mark.slow
def test_one_command_gives_the_row_and_the_list_of_folds(run):
    _, unit, results = run
    entry = read_record(results, unit)
    assert entry["dataset"]["images"]["test"] in range(20, 24)
    assert entry["optimizers"][0]["beta_2"] == 0.95
    report = (results / "falahzadeh2021.md").read_text()
    assert f"| {unit.row.name} | jaffe | clean |" in report
    folder = results / "falahzadeh2021/clean"
    assert (folder / "10-folds-of-jaffe-train-0.csv").exists()
