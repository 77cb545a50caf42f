"""What is said of rows that were not run."""

import json
import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from ferkeras.dataset_sources import (
    ACCESS,
    COUNTS,
    access_to,
    counts_of,
    how_to_prepare,
)
from ferkeras.papers.paper import units
from ferkeras.reports import advice, how_to_run, listing
from ferkeras.reports.summary import summarise
from ferkeras.runs.cost_file import costs_file, read_costs
from ferkeras.weights import FILES
from reproductions import __main__, papers
from reproductions.commands import arguments, run_papers
from reproductions.commands.prepare import reader_of

pytestmark = pytest.mark.any_backend

ROOT = Path(__file__).parents[2]
PAPERS = papers()
COSTS = read_costs(ROOT / "results")


@pytest.fixture
def empty(tmp_path):
    """A folder of results without records, but with the costs."""
    costs_file(tmp_path).write_text(costs_file(ROOT / "results").read_text())
    return tmp_path


@pytest.mark.parametrize("dataset", ACCESS)
def test_where_a_dataset_comes_from_is_what_the_readmes_say(dataset):
    access = ACCESS[dataset]
    text = (ROOT / "docs" / "datasets.md").read_text()
    (line,) = re.findall(
        rf"^\| {re.escape(access.name)} \|.*$", text, re.MULTILINE
    )
    _, _, source, command, _ = line.split("|")
    assert f"prepare {dataset}" in command
    assert "--manual-dir FOLDER" in command
    named = set(re.findall(r"`([^`]*)`", source))
    assert named == {*access.files}
    builder = dataset.partition("/")[0]
    page = (ROOT / "tfds_builders" / builder / "README.md").read_text()
    assert access.url in page


def test_every_dataset_of_a_row_is_known():
    for paper in PAPERS:
        for row in paper.rows:
            assert access_to(row.dataset) and counts_of(row.dataset), row.name
    for dataset in COUNTS:
        reader_of(dataset)


@pytest.mark.parametrize("dataset", COUNTS)
def test_counts_are_those_of_the_builders_readme(dataset):
    name = dataset.partition("/")[0]
    page = (ROOT / "tfds_builders" / name / "README.md").read_text()
    for count in filter(None, COUNTS[dataset][1:]):
        assert re.search(rf"\b({count}|{count:,})\b", page), count


def test_faces_are_as_many_as_photographs_and_drawn_ones_need_no_files():
    assert counts_of("kdef/faces48") == counts_of("kdef")
    assert counts_of("own/desk") is None and access_to("own/desk") is None
    assert how_to_prepare("synthetic_faces/demo").endswith("faces/demo")
    assert how_to_prepare("kdef/faces48") == (
        "ferkeras prepare kdef/faces48 --manual-dir FOLDER"
    )


def not_run(key, empty):
    """Lines of a paper without a record."""
    (paper,) = (paper for paper in PAPERS if paper.key == key)
    return paper, summarise(paper, empty)


@pytest.mark.parametrize("key", [paper.key for paper in PAPERS])
def test_the_command_of_a_block_runs_its_rows_and_no_others(key, empty):
    paper, _ = not_run(key, empty)
    lines = how_to_run.listed([paper], empty)
    for of_dataset in advice.grouped(lines).values():
        (part,) = of_dataset.values()
        words = advice.command_of(part, lines)
        broken = "\n".join(advice.broken(words, 13))
        # Of a long name, a little is beyond.
        assert max(map(len, broken.splitlines())) <= advice.WIDTH - 13 + 2
        # A shell joins such lines.
        program, *rest = shlex.split(broken.replace("\\\n", ""))
        assert program == "ferkeras"
        asked = arguments.commands().parse_args(rest)
        assert asked.paper == key
        rows = asked.rows + run_papers.rows_of(paper, asked.tables)
        assert {*rows} == {line.row for line in part}


def test_a_row_in_json_has_its_dataset_command_and_hours(empty):
    paper, _ = not_run("falahzadeh2021", empty)
    (line,) = (
        x
        for x in how_to_run.listed([paper], empty)
        if (x.row, x.protocol, x.table)
        == ("CK+: 3-channel", "clean", "Table 3: CK+")
    )
    found = advice.as_json(line)
    assert tuple(found) == advice.PRINTED + advice.KEYS
    assert "https://www.jeffcohn.net" in found["dataset_from"]
    assert found["prepare"] == how_to_prepare("ck_plus/falahzadeh2021")
    assert found["command"] == (
        'ferkeras run falahzadeh2021 --rows "CK+: 3-channel" --protocol clean'
    )
    assert found["hours_cpu"] > found["hours_gpu"] > 0
    recorded = advice.as_json(replace(line, status="recorded"))
    assert {recorded[key] for key in advice.KEYS} == {None}
    assert advice.as_json(replace(line, status="waiting")) == found | {
        "status": "waiting"
    }
    unknown = advice.as_json(replace(line, seconds=None))
    assert unknown["hours_cpu"] is None and unknown["command"]


def test_what_waits_has_a_command_and_the_time_of_the_runs_that_are_left(empty):
    paper, _ = not_run("falahzadeh2021", empty)
    line = replace(
        how_to_run.listed([paper], empty)[0],
        wanted=5,
        seconds=[3600, 60],
        alone=[3600, 60],
    )
    line = replace(line, runs=2, status="waiting")
    text = advice.waiting([line, replace(line, paper="vo2020")])
    assert "ferkeras run --pending --time-budget 3600" in text
    text = advice.waiting([line])
    command, run, every = (x.strip() for x in text.splitlines()[1:])
    asked = arguments.commands().parse_args(shlex.split(command)[1:])
    assert asked.paper == "falahzadeh2021" and asked.time_budget == 3600
    assert run == "a run: about 1 h on two cores, about 1 min on a GPU"
    assert every == "all 3: about 3 h on two cores, about 3 min on a GPU"


def test_what_a_row_starts_from_must_be_at_hand_too(empty, monkeypatch):
    paper, _ = not_run("vo2020", empty)
    line = next(
        x
        for x in how_to_run.listed([paper], empty)
        if x.row == "AffectNet, 8 classes: PSR, PDLS"
    )
    # That of its VGG16, which is trained on FER+, and its super-resolution.
    assert len(line.weights) == 2 and len(line.datasets) == 2
    prepared = set()
    monkeypatch.setattr(
        listing, "is_prepared", lambda dataset, _: dataset in prepared
    )
    for thing in (*line.datasets, *line.weights):
        assert line.here(empty).status == "not run"
        if thing in line.weights:
            (empty / "weights").mkdir(exist_ok=True)
            (empty / "weights" / thing).touch()
        prepared.add(thing)
    assert line.here(empty).status == "waiting"
    # Where the records were made, its data was; here it is not.
    (empty / "weights" / next(iter(line.weights))).unlink()
    waits = replace(line, status="waiting", verdict="waiting")
    assert line.verdict == "not run"
    assert waits.here(empty) == line
    for begun in (replace(waits, runs=1), replace(line, status="recorded")):
        assert begun.here(empty) == begun


def test_hours_hold_what_a_row_starts_from(empty):
    paper, _ = not_run("mohana2023", empty)
    hours = {
        line.row: advice.as_json(line)["hours_cpu"]
        for line in how_to_run.listed([paper], empty)
        if line.protocol == "clean"
    }
    both = hours["CSA, random start"] + hours["Autoencoder"]
    assert hours["CSA classifier"] == pytest.approx(both, rel=0.05)


def test_the_report_names_dataset_command_and_times_of_each_row(empty):
    paper, lines = not_run("pandey2019", empty)
    text = how_to_run.section(paper, lines, empty)
    for row in paper.rows:
        (cells,) = (
            line.split(" | ")
            for line in text.splitlines()
            if line.startswith(f"| {row.name} |")
        )
        assert ACCESS[row.dataset.partition("/")[0]].url in cells[1]
        assert f'--rows "{row.name}"`' in cells[2]
        assert all(re.search(r"about|minute|up to", x) for x in cells[4:])
    command = "prepare kdef --manual-dir FOLDER`"
    assert text.count(command) == 1 and text.count("prepare fer2013 ") == 1


def test_the_report_names_weights_and_knows_no_time_without_counts(tmp_path):
    paper, lines = not_run("vo2020", tmp_path)
    text = how_to_run.section(paper, lines, tmp_path)
    assert FILES["EDSR x2, DIV2K"].url in text
    assert "| – | – | – | – |" in text and "about" not in text
    assert how_to_run.section(paper, [], tmp_path) == ""
    waiting = [replace(line, has_data=True) for line in lines]
    assert how_to_run.section(paper, waiting, tmp_path) == ""


def test_the_list_says_how_to_run_what_is_not(empty, capsys):
    words = ["--data-dir", str(empty), "--results", str(empty)]
    __main__.main(words)
    _, text = capsys.readouterr().out.split("needs data that is not here")
    for access in ACCESS.values():
        assert access.url in text and access.terms in text
    for paper in PAPERS:
        for row in paper.rows:
            assert f"{how_to_prepare(row.dataset)}\n" in text
    assert FILES["AlexNet, ImageNet (BGR)"].url in text
    blocks = re.findall(r"^  (\w+), \d+ rows?$", text, re.MULTILINE)
    assert text.count(" on two cores, ") == text.count(" on a GPU")
    assert len(re.findall("^ +time +a run: ", text, re.MULTILINE)) == len(
        blocks
    )
    # Of a command that prepares, and of times, a little is beyond.
    long = [x for x in text.splitlines() if len(x) > 85 and "http" not in x]
    assert not long
    __main__.main(["--json", *words])
    lines = json.loads(capsys.readouterr().out)
    assert len(lines) == sum(
        len(table.rows) * len(table.protocols)
        for paper in PAPERS
        for table in paper.tables
    )
    said = [line[key] for line in lines for key in advice.KEYS]
    assert None not in said


def test_all_runs_are_those_that_the_paper_asks_for(empty):
    paper, lines = not_run("mohana2023", empty)
    found = {
        (unit.folder, unit.seed)
        for line in lines
        for unit in how_to_run.units_of(line)
    }
    assert found == {(unit.folder, unit.seed) for unit in units(paper)}
