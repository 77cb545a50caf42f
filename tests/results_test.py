"""What is committed in `results/` and the README is what records say."""

import json
from pathlib import Path

import pytest

from ferkeras import how_to_run, listing, page, report
from ferkeras.paper import units
from ferkeras.record import path_of
from ferkeras.summary import seeds_recorded
from reproductions import papers, sources, vo2020

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "results"
PAPERS = papers()
each_paper = pytest.mark.parametrize("paper", PAPERS, ids=lambda p: p.key)


@each_paper
def test_committed_report_equals_a_regenerated_one(paper):
    text = (RESULTS / f"{paper.key}.md").read_text()
    assert text == report.render(paper, RESULTS)


def test_readme_index_equals_a_regenerated_one():
    text = (ROOT / "README.md").read_text()
    assert text == report.with_index(text, PAPERS, RESULTS)


def test_committed_page_equals_a_regenerated_one():
    text = (RESULTS / "index.html").read_text()
    assert text == page.render(PAPERS, RESULTS)


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
        path_of(RESULTS, unit, ".json"): unit.digest
        for unit in units(paper, runs=seeds)
    }
    for path in (RESULTS / paper.key).rglob("seed*.json"):
        assert json.loads(path.read_text())["digest"] == known.get(path), path


@each_paper
def test_pictures_of_the_report_exist(paper):
    text = (RESULTS / f"{paper.key}.md").read_text()
    for part in text.split("](")[1:]:
        link = part.split(")")[0]
        if link.endswith(".png"):
            assert (RESULTS / link).exists(), link
