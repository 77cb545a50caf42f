"""Every paper's file: well formed, listed, and runnable on drawn faces."""

import json
import re
from functools import partial

import keras
import pytest

from ferkeras.data import Source
from ferkeras.papers import Unit
from ferkeras.papers.descriptions import slug
from ferkeras.papers.paper import units
from ferkeras.runs.record import read_record
from ferkeras.training.build import build
from reproductions import __main__, papers
from reproductions.commands import other_datasets, run_papers
from tests import tiny
from tests.narrow import without_values

pytestmark = pytest.mark.saved_models
PAPERS = papers()
(PANDEY,) = (p for p in PAPERS if p.key == "pandey2019")
(ARRIAGA,) = (p for p in PAPERS if p.key == "arriaga2017")
ROWS = [(paper, row) for paper in PAPERS for row in paper.rows]
each_paper = pytest.mark.parametrize("paper", PAPERS, ids=lambda p: p.key)
each_row = pytest.mark.parametrize(
    "paper,row", ROWS, ids=[f"{p.key} {r.name}" for p, r in ROWS]
)


def all_of_them_clean(paper, table):
    """Whether a table's one protocol is both the paper's and clean, or ours."""
    (protocol,) = table.protocols
    ours = not any(row.reported for row in table.rows)
    return protocol.name == "clean" and (ours or protocol.papers)


def without_training(table):
    """Whether a table's protocols name nothing to train on or choose by."""
    return {(p.train, p.select) for p in table.protocols} == {("", "")}


def numbers(reported):
    """Every printed number of a row."""
    for value in reported.values():
        yield from value.values() if isinstance(value, dict) else [value]


def runs_as_printed_and_clean(paper, row):
    """Whether a row has a paper's protocol and a clean one in some table."""
    tables = [t for t in paper.tables if row.name in [r.name for r in t.rows]]
    return {"paper", "clean"} <= {p.name for t in tables for p in t.protocols}


@each_paper
def test_paper_is_well_formed(paper):
    assert re.fullmatch(r"[a-z]+\d{4}|reference", paper.key)
    for table in paper.tables:
        protocols = {p.name: p for p in table.protocols}
        assert (
            all(runs_as_printed_and_clean(paper, row) for row in table.rows)
            or {*protocols} == {"trial"}
            or without_training(table)
            or all_of_them_clean(paper, table)
        )
        for name in {"clean", "trial"} & set(protocols):
            protocol = protocols[name]
            used = {protocol.train, protocol.select, protocol.test}
            assert len(used) == 3
        trained = {bool(row.recipe.phases) for row in table.rows}
        assert trained == {not without_training(table)}
    # What chooses between recipes must not be what a row is scored on.
    scored = {p.test for p in paper.protocols if p.train and p.name != "trial"}
    assert not scored & {p.test for p in paper.protocols if p.name == "trial"}
    slugs = [slug(row.name) for row in paper.rows]
    assert len(set(slugs)) == len(slugs)
    # A row of several tables, and its runs, are the same in all of them.
    digests, reported = {}, {}
    for table in paper.tables:
        for row in table.rows:
            assert reported.setdefault(row.name, row.reported) == row.reported
            for protocol in table.protocols:
                unit = Unit(paper, table, row, protocol, 0)
                known = digests.setdefault(unit.folder, unit.digest)
                assert known == unit.digest, unit


@each_paper
def test_a_protocol_that_leaks_says_so(paper):
    for protocol in paper.protocols:
        assert ("leak" in protocol.note) == protocol.selects_on_test


@each_row
def test_row_is_well_formed(paper, row):
    assert all(0 < value <= 100 for value in numbers(row.reported))
    assert row.recipe.assumed
    # Weights that are not trained are their publisher's to keep.
    assert row.recipe.phases or not row.keep_weights
    # A record must name what made it; neither of these has a name.
    description = json.dumps(row.describe())
    assert "<lambda>" not in description and "__main__" not in description


def kind(row):
    """The row's network, whatever its arguments, and what goes into it."""
    model = row.model.func if isinstance(row.model, partial) else row.model
    return model.__name__, row.image_size, row.channels


KINDS = {kind(row): row for _, row in ROWS}


@pytest.mark.any_backend
@pytest.mark.parametrize(
    "row", KINDS.values(), ids=[f"{k[0]} {k[1]} {len(k[2])}" for k in KINDS]
)
def test_a_network_builds_at_the_size_of_its_rows(row):
    with without_values():
        networks = build(row, 8, row.colours)
    shape = (None, row.image_size, row.image_size, row.colours)
    assert networks.scoring.input_shape == shape
    channels = networks.classifier.input_shape[-1]
    assert channels == len(row.channels)


def test_units_come_first_seeds_first():
    found = units(PANDEY, ["Base", "Base + Sobel"], ["clean"], runs=2)
    assert list(map(str, found)) == [
        "Base, clean, seed 0",
        "Base + Sobel, clean, seed 0",
        "Base, clean, seed 1",
        "Base + Sobel, clean, seed 1",
    ]
    # KDEF: twelve rows, three protocols; FER+: 15, and nine rates; FER2013:
    # one.
    assert len(units(PANDEY)) == 12 * 3 * 3 + 15 * 4 + 13 + 2 * 3


@pytest.mark.parametrize("names", [{"rows": ["Bass"]}, {"protocols": ["x"]}])
def test_an_unknown_name_is_refused(names):
    with pytest.raises(ValueError, match="no (row|protocol) '.*; (near|none)"):
        units(PANDEY, **names)


def test_a_changed_recipe_is_another_unit():
    import dataclasses

    unit = tiny.unit()
    first, last = tiny.TWO_PHASES.phases
    faster = partial(keras.optimizers.Adam, 2e-2)
    faster = dataclasses.replace(first, optimizer=faster)
    recipe = dataclasses.replace(tiny.TWO_PHASES, phases=(faster, last))
    row = dataclasses.replace(tiny.ROW, recipe=recipe)
    assert dataclasses.replace(unit, row=row).digest != unit.digest
    assert tiny.unit().digest == unit.digest
    assert tiny.unit("paper").digest != unit.digest


def test_the_list_names_every_row_and_protocol(capsys, tmp_path):
    __main__.main(
        ["--json", "--data-dir", str(tmp_path), "--results", str(tmp_path)]
    )
    lines = json.loads(capsys.readouterr().out)
    assert [(x["paper"], x["row"], x["protocol"]) for x in lines] == [
        (paper.key, row.name, protocol.name)
        for paper in PAPERS
        for table in paper.tables
        for row in table.rows
        for protocol in table.protocols
    ]
    assert {x["status"] for x in lines} == {"not run"}
    __main__.main(["--data-dir", str(tmp_path), "--results", str(tmp_path)])
    table = capsys.readouterr().out
    assert all(row.name in table for _, row in ROWS)


@pytest.mark.parametrize(
    "words,dataset",
    [
        (["--rows", "Base"], "ferplus/plurality"),
        (["--tables", "Table 4"], "ferplus/plurality"),
        (["--tables", "Table 1"], "kdef"),
    ],
)
def test_rows_without_data_say_what_to_run(words, dataset, tmp_path):
    words = [*words, "--data-dir", str(tmp_path / "none")]
    with pytest.raises(SystemExit, match=f"prepare {dataset}"):
        run_papers.main(
            PANDEY, [*words, "--results", str(tmp_path / "results")]
        )
    assert not (tmp_path / "results").exists()


def test_a_table_that_other_images_do_not_have_is_refused():
    (paper,) = (p for p in PAPERS if p.key == "chesley2021")
    demo = other_datasets.demo_of(paper)
    assert len(run_papers.rows_of(demo, ["Table 1"])) == 13
    with pytest.raises(ValueError, match="no table 'Open choices' here"):
        run_papers.rows_of(demo, ["Open choices"])


def test_rows_that_train_nothing_are_not_run_on_other_images():
    source = Source("own/desk", "1.0.0", ("a", "b"), ("train", "test"), None)
    assert any(not row.recipe.phases for row in ARRIAGA.rows)
    for there in (
        other_datasets.demo_of(ARRIAGA),
        other_datasets.on_dataset(ARRIAGA, source),
    ):
        assert there.rows and all(row.recipe.phases for row in there.rows)


def test_published_weights_are_judged_on_the_images_of_their_authors():
    (table,) = (table for table in ARRIAGA.tables if without_training(table))
    assert table.ours
    assert {p.test: p.papers for p in table.protocols} == {
        "validation": False,
        "test": False,
        "validation+test": True,
    }


@pytest.mark.parametrize(
    "words",
    [
        ["--runs", "0"],
        ["--time-budget", "-1"],
        ["--protocol", "dirty"],
        ["--tables", "Table 9"],
    ],
)
def test_bad_arguments_are_refused(words, capsys):
    with pytest.raises(SystemExit):
        run_papers.main(PANDEY, words)
    assert words[0] in capsys.readouterr().err


def test_the_demo_shows_the_papers_idea():
    shown = other_datasets.demo_of(PANDEY, every=False)
    assert [row.channels for row in shown.rows] == [
        ("grey",),
        ("grey", "laplacian"),
        ("grey", "sobel_x", "sobel_y"),
        ("grey",),
    ]
    every = other_datasets.demo_of(PANDEY)
    assert {row.name for row in shown.rows} < {row.name for row in every.rows}
    assert (
        units(shown)[0].digest == units(every, [shown.rows[0].name])[0].digest
    )


def scores_of_demo(paper, results, every, *words):
    """Accuracies of a paper's demo, which its report calls synthetic."""
    run_papers.main(paper, ["--demo", *words, "--results", str(results)])
    report = (results / f"{paper.key}.md").read_text()
    assert "**Synthetic faces.**" in report
    scores = []
    for unit in units(other_datasets.demo_of(paper, every=every), words[1:]):
        entry = read_record(results, unit)
        assert entry["dataset"]["name"] == unit.row.dataset
        scores.append(entry["scores"]["accuracy"])
        assert f"{scores[-1]:.2f} (synthetic)" in report
    return scores


@pytest.mark.slow
def test_the_demo_learns(tmp_path, capsys):
    scores = scores_of_demo(PANDEY, tmp_path, False)
    assert len(scores) == 4 and min(scores) > 60
    assert len([*tmp_path.rglob("saved_model/saved_model.pb")]) == 4
    said = capsys.readouterr().out
    assert re.findall(r"^  (\S.*\S)  +# ", said, re.MULTILINE) == [
        f"tensorboard --logdir {tmp_path / 'work'}",
        "python -m reproductions list --paper pandey2019",
        "python -m reproductions run pandey2019 --demo --all-rows",
    ]


@pytest.mark.slow
def test_the_demo_of_a_row_alone(tmp_path):
    (paper,) = (p for p in PAPERS if p.key == "chesley2021")
    words = ["--rows", "I: LeNet5"]
    assert len(scores_of_demo(paper, tmp_path, True, *words)) == 1
