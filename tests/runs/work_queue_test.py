"""The order of a queue over papers, and what it does with a fault."""

import contextlib
import errno
import fcntl
import os
from concurrent.futures import Future
from dataclasses import replace

import pytest

import reproductions
from ferkeras.data import Datasets
from ferkeras.papers.paper import units
from ferkeras.runs import work_queue
from ferkeras.runs.pending import cheapest_first
from ferkeras.runs.record import card_of, is_complete, read_record, write_record
from ferkeras.runs.work_queue import work_through
from ferkeras.training.train import OutOfTime
from reproductions import __main__
from reproductions.commands import run_papers
from tests import tiny

FIRST = tiny.RECIPE.phases[0]
ROWS = tuple(
    replace(
        tiny.ROW,
        name=name,
        recipe=replace(tiny.RECIPE, phases=(replace(FIRST, epochs=epochs),)),
        image_size=size,
    )
    # By epochs times pixels: 288, 144, 400.
    for name, epochs, size in (("A", 2, 12), ("B", 1, 12), ("C", 1, 20))
)
TABLE = replace(tiny.TABLE, protocols=tiny.PROTOCOLS[1:], rows=ROWS)
PAPER = replace(tiny.PAPER, tables=(TABLE,))


def record(results, unit, seconds):
    """A run of real images that took so long."""
    card = card_of(unit, tiny.Noise()) | {"synthetic": False}
    entry = {"status": "complete", "seconds": seconds, "dataset": card}
    write_record(results, unit, entry | {"digest": unit.digest})


def test_first_seeds_come_first_and_what_is_known_to_be_cheap(tmp_path):
    found = units(PAPER)
    names = [str(x).replace(", clean, seed ", "") for x in found]
    assert names == ["A0", "B0", "C0", "A1", "B1", "C1"]

    def order():
        return [
            str(x).replace(", clean, seed ", "")
            for x in cheapest_first(found, tmp_path)
        ]

    assert order() == ["B0", "A0", "C0", "B1", "A1", "C1"]

    # More seconds than the others have pixels; the rate is unknown.
    record(tmp_path, found[2], 900)
    assert order() == ["C0", "B0", "A0", "C1", "B1", "A1"]
    record(tmp_path, found[0], 800)
    assert order() == ["A0", "C0", "B0", "A1", "C1", "B1"]
    # The same row beside no other job.
    record(tmp_path, found[5], 700)
    assert order() == ["C0", "A0", "B0", "C1", "A1", "B1"]


def test_a_fault_in_one_row_does_not_stop_the_others(
    tmp_path, monkeypatch, capsys
):
    first, second = units(PAPER, ["A", "B"], runs=1)

    def reproduce(units, *arguments):
        if units == [first]:
            raise MemoryError("too large for this machine")
        return [{"scores": {"accuracy": 50.0}, "seconds": 1}]

    monkeypatch.setattr(work_queue, "reproduce_together", reproduce)
    assert work_through([first, second], tmp_path, tiny.Noise(), "c") == 1
    said = capsys.readouterr().err
    assert "too large for this machine" in said
    assert "A, clean, seed 0: failed" in said
    assert f"{second}: 50.00 % on test" in said


def test_what_ends_beside_a_run_that_stops_is_told(tmp_path, monkeypatch):
    paper = replace(PAPER, tables=(replace(TABLE, runs=3),))
    late, good, bad = units(paper, ["A"])
    ends = [Future(), Future(), Future()]
    ends[good.seed].set_result([{"scores": {"accuracy": 50.0}}])
    ends[late.seed].set_exception(OutOfTime())
    ends[bad.seed].set_exception(MemoryError())

    class Pool:
        def submit(self, function, units, *arguments):
            return ends[units[0].seed]

    monkeypatch.setattr(
        work_queue, "workers", lambda *_: contextlib.nullcontext(Pool())
    )
    queue = work_queue.Queue(tmp_path, None, "c", None, None, print, [])
    found = []
    # The fault, which nobody would be told of else.
    with pytest.raises(MemoryError):
        queue.run([late, good, bad], work_queue.PROCESSES, found)
    assert found == [(good, {"scores": {"accuracy": 50.0}})]


@pytest.fixture
def papers(monkeypatch):
    """Two papers on noise, in place of all."""
    rows = [replace(row, image_size=12) for row in ROWS]
    found = [
        replace(PAPER, key=key, tables=(replace(TABLE, runs=1, rows=(row,)),))
        for key, row in zip(("one2001", "two2002"), rows, strict=False)
    ]
    monkeypatch.setattr(reproductions, "papers", lambda: found)
    monkeypatch.setattr(run_papers, "Datasets", lambda folder: tiny.Noise())
    return found


@pytest.mark.any_backend
def test_one_command_runs_what_waits_of_every_paper(papers, tmp_path, capsys):
    words = ["run", "--pending", "--results", str(tmp_path)]
    __main__.main(words)
    for paper in papers:
        (unit,) = units(paper)
        entry = read_record(tmp_path, unit)
        assert is_complete(entry)
        assert entry["sessions"][0]["device"]
        assert (tmp_path / f"{paper.key}.md").exists()
        assert entry["command"] == "python -m reproductions " + " ".join(words)
    said = capsys.readouterr()
    # The one of a single epoch first.
    assert said.err.index("B, clean") < said.err.index("A, clean")


@pytest.mark.any_backend
def test_what_is_recorded_is_counted_before_the_rest_is_trained(
    papers, tmp_path, capsys, monkeypatch
):
    # Noise is as good as drawn.
    monkeypatch.setattr(run_papers, "refuse_to_mix", lambda *_: None)
    words = ["--results", str(tmp_path)]
    run_papers.main(papers[1], words)
    assert "are recorded" not in capsys.readouterr().out
    run_papers.main(papers[1], [*words, "--runs", "2"])
    assert f"1 of 2 runs are recorded in {tmp_path}." in capsys.readouterr().out


def test_a_budget_that_leaves_no_time_to_train_is_refused(capsys):
    with pytest.raises(SystemExit):
        __main__.main(["run", "--pending", "--time-budget", "30"])
    assert "--time-budget: must be more" in capsys.readouterr().err


def test_a_folder_without_any_dataset_is_told(papers, tmp_path, monkeypatch):
    rows = [replace(row, dataset="kdef") for row in ROWS[:1]]
    paper = replace(papers[0], tables=(replace(TABLE, rows=rows),))
    monkeypatch.setattr(reproductions, "papers", lambda: [paper])
    monkeypatch.setattr(run_papers, "Datasets", Datasets)
    words = ["--results", str(tmp_path), "--data-dir", str(tmp_path)]
    with pytest.raises(SystemExit, match="prepare kdef"):
        __main__.main(["run", "--pending", *words])


def test_nothing_waits_when_all_is_recorded(
    papers, tmp_path, capsys, monkeypatch
):
    for paper in papers:
        (unit,) = units(paper)
        record(tmp_path, unit, 1)
    words = ["run", "--pending", "--results", str(tmp_path)]
    __main__.main(words)
    assert "is recorded" in capsys.readouterr().out
    # Nor where others want a dataset that is not there.
    row = replace(ROWS[2], dataset="kdef")
    paper = replace(papers[0], tables=(replace(TABLE, rows=(row,)),))
    monkeypatch.setattr(reproductions, "papers", lambda: [*papers[1:], paper])
    monkeypatch.setattr(run_papers, "Datasets", Datasets)
    __main__.main([*words, "--data-dir", str(tmp_path)])
    said = capsys.readouterr()
    assert "is recorded" in said.out and "prepare kdef" in said.err


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.ENOSYS])
def test_a_folder_without_locks_is_told_before_the_first_unit(
    tmp_path, monkeypatch, code
):
    def flock(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", flock)
    monkeypatch.setattr(work_queue, "Display", None)
    message = rf"work: files cannot be locked there \({os.strerror(code)}\), so"
    with pytest.raises(OSError, match=message):
        work_through(units(PAPER), tmp_path, tiny.Noise(), "")
    assert not list(tmp_path.rglob("*lock*"))
