"""What is committed in `results/` is what the records say."""

import json
import re
from pathlib import Path

import pytest

from ferkeras.papers.paper import units
from ferkeras.reports import how_to_run, listing, numbers, page, report
from ferkeras.reports.chart import SHAPES
from ferkeras.reports.summary import seeds_recorded
from ferkeras.runs.record import is_of, path_of
from reproductions import papers, sources, vo2020

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "results"
PAPERS = papers()
each_paper = pytest.mark.parametrize("paper", PAPERS, ids=lambda p: p.key)
pytestmark = pytest.mark.any_backend


@pytest.fixture(scope="module")
def overview():
    """What the records say now."""
    return page.Overview(PAPERS, RESULTS)


@each_paper
def test_committed_report_and_charts_equal_regenerated_ones(paper, overview):
    (contents,) = (x for x in overview.contents if x.paper == paper)
    text = (RESULTS / f"{paper.key}.md").read_text()
    assert text == report.written(contents)
    for path, svg in contents.charts.items():
        assert (RESULTS / path).read_text() == svg(), path


@pytest.mark.parametrize(
    "name,render",
    [
        ("README.md", page.Overview.markdown),
        ("index.html", page.Overview.html),
        ("overview.svg", page.Overview.chart),
    ],
)
def test_what_is_of_all_papers_equals_a_regenerated_one(name, render, overview):
    assert (RESULTS / name).read_text() == render(overview)


def test_the_chart_has_every_judged_number_and_counts_every_other(overview):
    drawn = [x for x in overview.numbers if x.mark]
    assert drawn and {x.verdict for x in drawn} <= {*SHAPES}
    groups = numbers.groups(overview.numbers)
    assert sum(len(group.marks) for group in groups) == len(drawn)
    folded = [int(n) for x in groups for n in re.findall(r"\b\d+\b", x.rest)]
    assert len(drawn) + sum(folded) == len(overview.numbers)
    printed = [x for x in overview.numbers if not x.ours]
    assert sum(overview.counts.values()) == len(printed)


def test_the_page_is_small():
    text = (RESULTS / "index.html").read_text()
    assert len(text.encode()) < 400_000
    for source in re.findall(r'src="([^"]*)"', text):
        assert (RESULTS / source).exists(), source


def test_committed_rows_equal_those_read_anew():
    digest = listing.digest_of(sources(), RESULTS)
    rows = listing.read_rows(digest, RESULTS)
    assert rows == how_to_run.listed(PAPERS, RESULTS)


@each_paper
def test_committed_records_are_of_real_data_at_a_commit(paper):
    for path in (RESULTS / paper.key).rglob("seed*.json"):
        entry = json.loads(path.read_text())
        assert not entry["dataset"]["synthetic"], path
        for session in entry["sessions"]:
            commit = session["commit"]
            assert len(commit) == 40, f"{path}: uncommitted code, {commit}"
        done, planned = entry["epochs"]["done"], entry["epochs"]["planned"]
        assert (entry["status"] == "complete") == (done == planned), path


def test_super_resolution_of_faces_beats_bicubic():
    (stage,) = units(vo2020.PAPER, [vo2020.OWN_EDSR.source])
    scores = json.loads(path_of(RESULTS, stage, ".json").read_text())["scores"]
    assert scores["psnr"] > scores["psnr_reference"]


@each_paper
def test_no_record_is_left_over_from_another_recipe(paper):
    seeds = seeds_recorded(paper, RESULTS)
    known = {
        path_of(RESULTS, unit, ".json"): unit
        for unit in units(paper, runs=seeds)
    }
    for path in (RESULTS / paper.key).rglob("seed*.json"):
        assert is_of(json.loads(path.read_text()), known[path]), path


def test_the_papers_with_a_verdict_are_those_that_the_readme_names(overview):
    open_ones = {"not run", "waiting", "incomplete"}
    judged = {
        x.paper.key
        for x in overview.numbers
        if not x.ours and x.verdict not in open_ones
    }
    assert judged == {"chesley2021"}
    text = " ".join((ROOT / "README.md").read_text().split())
    assert "So far it says so of one, `chesley2021`" in text
