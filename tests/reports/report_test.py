"""Statistics and tables from records whose numbers are known."""

import dataclasses
import json
import re

import pytest

from ferkeras.papers.paper import units
from ferkeras.reports import numbers, report
from ferkeras.reports.summary import summarise
from tests import tiny
from tests.made_up import PAPER, TABLE, with_pictures, write


def test_statistics_are_those_of_the_runs(tmp_path):
    write(tmp_path, [80, 82, 84])
    paper, clean = summarise(PAPER, tmp_path)
    assert (paper.mean, paper.status()) == (None, "not run")
    assert (clean.mean, clean.sd, clean.status()) == (82, 2, "recorded")
    # t(0.975, 2) = 4.3027; half-width 4.3027 * 2 / sqrt(3).
    assert clean.interval == pytest.approx((77.03, 86.97), abs=0.01)
    line = clean.as_json()
    assert json.dumps(line)
    keys = "paper table row dataset protocol metric reported mean sd runs"
    assert list(line) == [*keys.split(), "status", "verdict"]


@pytest.mark.parametrize(
    "accuracies,status", [([80], "waiting"), ([80, 81, 82, 83], "recorded")]
)
def test_fewer_runs_than_the_paper_wait(tmp_path, accuracies, status):
    write(tmp_path, accuracies)
    line = summarise(PAPER, tmp_path)[1]
    assert (line.status(), len(line.values)) == (status, len(accuracies))


def test_report_shows_reported_beside_reproduced(tmp_path):
    write(tmp_path, [80, 82, 84])
    text = report.write_report(PAPER, tmp_path).read_text()
    # Clean runs: the paper's number is of other ones, and not judged by them.
    cells = "82.00 ± 2.00 | 80.00 | 84.00 | 3 of 3 | 77.03–86.97 | – |"
    assert cells in text
    assert (
        "| row | reported | ours, paper | difference (95 % interval) |" in text
    )
    assert "| 90.00 | not run | – | not run | 82.00 ± 2.00 |" in text
    assert "| Abacus, jax |" in text
    assert "| `012345678`; `fedcba987`+ |" in text
    assert "synthetic" not in text.lower().replace("synthetic_noise", "")
    assert "Tiny \\| net" in text
    for picture in ("confusion.png", "curves.png"):
        assert f"(tiny1999/table-1-{picture})" in text
        file = tmp_path / f"tiny1999/table-1-{picture}"
        assert file.read_bytes().startswith(b"\x89PNG")


def test_pictures_that_nothing_shows_any_more_are_removed(tmp_path):
    write(tmp_path, [80, 82, 84])
    old = tmp_path / "tiny1999/clean/old.png"
    old.write_bytes(b"")
    text = report.write_report(with_pictures(), tmp_path).read_text()
    there = {*tmp_path.rglob("*.png"), *tmp_path.rglob("*.svg")}
    shown = re.findall(r"!\[.*\]\((.*)\)", text)
    assert there == {tmp_path / path for path in shown} and there
    # Records stay.
    assert len([*tmp_path.rglob("seed*.json")]) == 3


def test_a_row_of_two_tables_is_one_run_and_is_in_both(tmp_path):
    other = dataclasses.replace(tiny.ROW, name="Other")
    tables = (
        dataclasses.replace(TABLE, name="Table 2", rows=(other, tiny.ROW)),
        dataclasses.replace(TABLE, name="Table 3"),
    )
    paper = dataclasses.replace(PAPER, tables=tables)
    assert [row.name for row in paper.rows] == ["Other", tiny.ROW.name]
    # Two rows, two protocols and three seeds.
    assert len(units(paper)) == 2 * 2 * 3
    write(tmp_path, [80, 82, 84])
    text = report.write_report(paper, tmp_path).read_text()
    second, third = (text.partition(f"## Table {n}")[2] for n in (2, 3))
    # In the table that comes first and in that of ranges.
    assert second.partition("## Table 3")[0].count("82.00 ± 2.00") == 2
    assert third.count("82.00 ± 2.00") == 2
    # Each number once, whatever tables it stands in.
    found = numbers.numbers(paper, tmp_path)
    assert numbers.in_words(found) == "2 not run"
    index = numbers.index(found).splitlines()
    assert [line.split(" | ")[-1] for line in index[-2:]] == [
        "Table 2 |",
        "Table 2; Table 3 |",
    ]
    provenance = text.partition("<summary>Provenance")[2]
    assert provenance.count("Abacus") == 3


def test_incomplete_runs_never_show_as_a_reproduction(tmp_path):
    write(tmp_path, [None], status="incomplete")
    text = report.render(PAPER, tmp_path)
    table, cut_short = text.split("<summary>Runs cut short")
    assert "| 90.00 | not run | – | not run | incomplete |" in table
    assert "61.25" not in table
    assert "4 of 6" in cut_short


def test_synthetic_data_is_named_wherever_its_result_shows(tmp_path):
    write(tmp_path, [80, 82], synthetic=True)
    text = report.render(PAPER, tmp_path)
    assert "**Synthetic faces.**" in text
    assert "81.00 ± 1.41 (2 of 3 runs) (synthetic)" in text
    # No difference from the paper is worked out.
    assert "-9.00" not in text
    index = numbers.index(numbers.numbers(PAPER, tmp_path))
    assert "(2 of 3 runs) (synthetic)" in index


def test_all_numbers_stand_in_one_table(tmp_path):
    write(tmp_path, [80, 82, 84])
    index = numbers.index(numbers.numbers(PAPER, tmp_path))
    assert "90.00 | not run | not run | 82.00 ± 2.00 | – | Table 1 |" in index
    assert index.startswith("| paper | row | reported | verdict |")


def test_runs_on_different_images_are_not_averaged(tmp_path):
    write(tmp_path, [80, 82])
    path = tmp_path / "tiny1999/clean/tiny-net/seed1.json"
    entry = json.loads(path.read_text())
    entry["dataset"]["fingerprint"]["test"] = "another"
    path.write_text(json.dumps(entry))
    with pytest.raises(ValueError, match="different images"):
        summarise(PAPER, tmp_path)


def test_the_papers_pictures_are_drawn_from_what_is_recorded(tmp_path):
    write(tmp_path, [80, 82, 84])
    text = report.write_report(with_pictures(), tmp_path).read_text()
    for name in ("figure-5", "figure-8"):
        assert f"(tiny1999/clean/{name}.png)" in text
        picture = tmp_path / f"tiny1999/clean/{name}.png"
        assert picture.read_bytes().startswith(b"\x89PNG")
    # Nothing is recorded of the paper's protocol, nor of the other row.
    assert not list(tmp_path.glob("tiny1999/paper/*.png"))
    assert "Figure 9" not in text


def test_the_choice_of_the_epoch_is_measured_against_the_last_one(tmp_path):
    write(tmp_path, [80, 82])
    text = report.render(with_pictures(), tmp_path)
    (line,) = re.findall(r"\| Tiny \\\| net \| clean \| validation .*", text)
    # The third of four epochs is chosen, on images that it has 60 % of.
    cells = "60.00 | 40.00 | +20.00 | 97.50 | 50.00 | 90.00 |"
    assert line.endswith(f"| validation | {cells}")
    assert "Found out: nothing." in text


def test_recalls_are_means_over_the_runs_that_have_the_class(tmp_path):
    write(tmp_path, [80, 82])
    for seed, (recall, images) in enumerate([(40.0, 5), (0.0, 0)]):
        path = tmp_path / f"tiny1999/clean/tiny-net/seed{seed}.json"
        entry = json.loads(path.read_text())
        entry["scores"]["classes"] = {
            "left": {"recall": recall, "images": images},
            "right": {"recall": 0.0, "images": 0},
        }
        path.write_text(json.dumps(entry))
    reported = {"accuracy": 90.0, "classes": {"left": 50.0, "right": 60.0}}
    row = dataclasses.replace(tiny.ROW, reported=reported)
    table = dataclasses.replace(TABLE, rows=(row,))
    paper = dataclasses.replace(PAPER, tables=(table,))
    text = report.render(paper, tmp_path)
    assert "| clean | mean recall (UA) | – | 80.00 |" in text
    assert "| clean | recall of left | 50.00 | 40.00 |" in text
    assert "recall of right" not in text


def test_the_best_run_stands_beside_the_mean(tmp_path):
    reported = {"accuracy": 89.56, "max": 89.75}
    row = dataclasses.replace(tiny.ROW, reported=reported)
    table = dataclasses.replace(TABLE, rows=(row,))
    paper = dataclasses.replace(PAPER, tables=(table,))
    assert "| 89.56 (best 89.75) |" in report.render(paper, tmp_path)


def test_a_row_of_ours_has_no_difference_and_no_line_in_the_index(tmp_path):
    write(tmp_path, [80, 82, 84])
    row = dataclasses.replace(tiny.ROW, reported={})
    table = dataclasses.replace(TABLE, rows=(row,))
    paper = dataclasses.replace(PAPER, tables=(table,))
    text = report.render(paper, tmp_path)
    assert "| row | ours, paper | clean |" in text
    assert "77.03–86.97 | – |" in text
    assert numbers.numbers(paper, tmp_path) == []
    assert summarise(paper, tmp_path)[1].as_json()["reported"] is None
