"""A row's numbers and verdict from records whose numbers are known."""

import dataclasses

import numpy as np
import pytest

from ferkeras.data import Fold, HoldOut
from ferkeras.papers import Others, Protocol, Unit
from ferkeras.papers.task import SUPER_RESOLUTION
from ferkeras.reports import numbers, report
from ferkeras.reports.number_words import difference_text
from ferkeras.reports.summary import summarise
from ferkeras.runs.record import read_json, write_record
from ferkeras.scoring.verdicts import Printed
from tests import tiny
from tests.made_up import PAPER, TABLE, entry_of, write, write_run

OTHER = dataclasses.replace(tiny.ROW, name="Other")
TWO = dataclasses.replace(
    PAPER, tables=(dataclasses.replace(TABLE, rows=(tiny.ROW, OTHER)),)
)


def under_the_papers(paper, results):
    """The first row's line under the paper's protocol."""
    return summarise(paper, results)[0]


@pytest.mark.parametrize(
    "accuracies,verdict",
    [
        # 90 is the paper's; the other row's variance, 0.01, counts four times.
        ([], "not run"),
        # The table asks for three runs.
        ([88.5, 88.6], "waiting"),
        ([88.4, 88.5, 88.6], "lower"),
        ([90.9, 91.0, 91.1], "reproduced"),
        ([92.0, 92.1, 92.2], "higher"),
        # Wide enough to hold anything: noise buys nothing.
        ([80.0, 90.0, 98.0], "undecided"),
    ],
)
def test_a_verdict_is_of_the_papers_protocol(accuracies, verdict, tmp_path):
    write(tmp_path, accuracies, protocol="paper")
    write(tmp_path, [50.0, 50.1, 50.2], OTHER, protocol="paper")
    assert under_the_papers(TWO, tmp_path).verdict == verdict


@pytest.mark.parametrize(
    "accuracies",
    [
        [80.0, 90.0, 98.0],  # on both sides of 0
        [80.0, 80.1, 80.2],  # below
        [98.0, 98.1, 98.2],  # above
    ],
)
def test_the_interval_stands_beside_every_difference(accuracies, tmp_path):
    write(tmp_path, accuracies, protocol="paper")
    write(tmp_path, [50.0, 50.1, 50.2], OTHER, protocol="paper")
    line = under_the_papers(TWO, tmp_path)
    low, high = line.judgement.interval
    words = f"{np.mean(accuracies) - 90:+.2f} ({low:+.2f} to {high:+.2f})"
    assert difference_text(line) == words and low < high
    assert words in report.render(TWO, tmp_path)


def test_one_run_and_nothing_beside_it_wait_for_more(tmp_path):
    write(tmp_path, [90.0], protocol="paper")
    line = under_the_papers(PAPER, tmp_path)
    assert (line.verdict, line.judgement) == ("waiting", None)
    # Where the table asks for one run, none is to come.
    table = dataclasses.replace(TABLE, runs=1)
    once = dataclasses.replace(PAPER, tables=(table,))
    assert under_the_papers(once, tmp_path).verdict == "undecided"
    words = "| undecided: one run tells nothing of its noise |"
    assert words in report.render(once, tmp_path)


def test_no_verdict_under_another_protocol_or_on_drawn_faces(tmp_path):
    write(tmp_path, [90.0, 90.1, 90.2])
    assert summarise(PAPER, tmp_path)[1].verdict == ""
    write(tmp_path, [90.0, 90.1, 90.2], protocol="paper", synthetic=True)
    assert under_the_papers(PAPER, tmp_path).verdict == ""


def test_a_network_that_has_not_learned_is_a_failed_run(tmp_path):
    # Half of the training images are right, of which 45 % are of one class.
    write(tmp_path, [90.0, 90.1, 90.2], protocol="paper", commonest=45.0)
    write(tmp_path, [50.0, 50.1, 50.2], OTHER, protocol="paper")
    line, _, other, _ = summarise(TWO, tmp_path)
    assert (line.failed, line.verdict) == ([0, 1, 2], "failed")
    text = report.render(TWO, tmp_path)
    assert "90.10 ± 0.10 (not learned: seed 0, 1, 2) |" in text
    assert other.failed == []
    # Nor does its variance steady that of others.
    assert other.others == ()
    write(tmp_path, [90.0, 90.1, 90.2], protocol="paper", commonest=44.9)
    assert under_the_papers(TWO, tmp_path).verdict == "reproduced"


def test_older_records_tell_the_commonest_class_by_what_they_scored(tmp_path):
    write(tmp_path, [90.0], protocol="paper")
    ((unit, entry),) = under_the_papers(PAPER, tmp_path).complete
    del entry["dataset"]["commonest"]
    for images, failed in (((50, 50), [0]), ((44, 56), [0]), ((1, 1, 1), [])):
        entry["scores"]["classes"] = {
            str(k): {"images": count} for k, count in enumerate(images)
        }
        write_record(tmp_path, unit, entry)
        assert under_the_papers(PAPER, tmp_path).failed == failed


def test_a_row_without_a_number_says_nothing_of_others(tmp_path):
    table = dataclasses.replace(TABLE, rows=(tiny.ROW, OTHER))
    paper = dataclasses.replace(PAPER, tables=(table,))
    write(tmp_path, [90.0, 90.5, 91.0], protocol="paper")
    write(tmp_path, [float("nan")] * 3, OTHER, protocol="paper")
    line = under_the_papers(paper, tmp_path)
    assert line.others == () and np.isfinite(line.judgement.interval).all()


def test_the_paper_may_quote_its_last_epoch(tmp_path):
    first = dataclasses.replace(tiny.PROTOCOLS[0], at_last_epoch=True)
    table = dataclasses.replace(
        TABLE, protocols=(first, tiny.PROTOCOLS[1]), rows=(tiny.ROW, OTHER)
    )
    paper = dataclasses.replace(PAPER, tables=(table,))
    write(tmp_path, [90.0, 91.0, 90.5], protocol="paper")
    write(tmp_path, [50.0, 50.1, 50.2], OTHER, protocol="paper")
    line = under_the_papers(paper, tmp_path)
    # Of four epochs the last, which these older records have of histories.
    assert line.values == pytest.approx([40.0, 40.0, 40.0])
    assert line.training == pytest.approx([90.0, 90.0, 90.0])
    assert line.verdict == "lower"
    assert line.chosen.values == [90.0, 91.0, 90.5]
    assert line.chosen.training == pytest.approx([50.0, 50.0, 50.0])
    assert line.chosen.verdict == ""
    text = report.render(paper, tmp_path)
    assert "| paper, epoch 6 | 40.00 ± 0.00 |" in text
    assert "| paper, best epoch, chosen on test | 90.50 ± 0.50 |" in text
    assert "| paper, best epoch | mean recall (UA) | – | 89.50 |" in text
    index = numbers.index(numbers.numbers(paper, tmp_path))
    # The best epoch is 20 points above the last, on the images that choose.
    assert "| lower | 40.00 ± 0.00 | not run | +20.00 |" in index


def test_of_images_that_choose_nothing_the_last_score_is_in_the_record(
    tmp_path,
):
    clean = dataclasses.replace(tiny.PROTOCOLS[1], at_last_epoch=True)
    table = dataclasses.replace(TABLE, protocols=(clean,))
    paper = dataclasses.replace(PAPER, tables=(table,))
    write(tmp_path, [90.0])
    path = tmp_path / "tiny1999/clean/tiny-net/seed0.json"
    entry = read_json(path) | {"scores_at_last_epoch": {"accuracy": 77.0}}
    ((unit, _),) = under_the_papers(paper, tmp_path).complete
    write_record(tmp_path, unit, entry)
    assert under_the_papers(paper, tmp_path).values == [77.0]


def test_what_the_paper_scored_is_part_of_its_noise(tmp_path):
    # 90 images of two halves of a pool: at 90 %, 4.5 points of deviation.
    write(tmp_path, [90.0, 90.1, 90.2], protocol="paper")
    write(tmp_path, [50.0, 50.1, 50.2], OTHER, protocol="paper")
    (table,) = TWO.tables
    first = dataclasses.replace(table.protocols[0], others=Others(90))
    table = dataclasses.replace(table, protocols=(first,))
    paper = dataclasses.replace(TWO, tables=(table,))
    low, high = under_the_papers(paper, tmp_path).judgement.interval
    expected = 1.96 * 100 * np.sqrt(0.9005 * 0.0995 * 2 / 90)
    assert (high - low) / 2 == pytest.approx(expected, rel=0.01)


def protocol_of(*steps):
    return Protocol("clean", "train", "held out", "test", "", steps)


@pytest.mark.parametrize(
    "steps,folds,overlap",
    [
        ((), 0, 0),
        # RAF-DB: what is scored is no fold.
        ((Fold("held out", "train", 5),), 0, 0),
        ((Fold("test", "train", 10),), 10, 1 / 9),
        # A fifth of the other nine folds chooses: 0.1 / 0.72, and of two
        # thirds 1/3 / (8/15).
        (
            (Fold("test", "train", 10), HoldOut("held out", "train", 0.2)),
            10,
            0.1 / 0.72,
        ),
        (
            (Fold("test", "train", 3), HoldOut("held out", "train", 0.2)),
            3,
            0.625,
        ),
    ],
)
def test_folds_share_as_much_as_they_train_on(steps, folds, overlap):
    protocol = protocol_of(*steps)
    assert protocol.folds == folds
    assert protocol.overlap == pytest.approx(overlap)


def test_what_only_verdicts_need_does_not_change_a_digest():
    plain = protocol_of()
    marked = dataclasses.replace(
        plain, note="x", papers=True, others=Others(3), at_last_epoch=True
    )
    assert marked.images == plain.images == plain


def test_a_rows_number_may_be_of_another_protocol(tmp_path):
    row = dataclasses.replace(tiny.ROW, judged_under="clean")
    table = dataclasses.replace(TABLE, rows=(row, OTHER))
    paper = dataclasses.replace(PAPER, tables=(table,))
    for protocol in ("paper", "clean"):
        write(tmp_path, [90.0, 90.1, 90.2], protocol=protocol)
        write(tmp_path, [50.0, 50.1, 50.2], OTHER, protocol=protocol)
    found = [line.verdict for line in summarise(paper, tmp_path)]
    assert found == ["", "reproduced", "lower", ""]


def test_of_folds_the_images_are_in_the_spread(tmp_path):
    fold = Fold("test", of="train", folds=10)
    protocol = dataclasses.replace(
        tiny.PROTOCOLS[0], hold_outs=(fold,), others=Others(20)
    )
    table = dataclasses.replace(TABLE, protocols=(protocol,))
    paper = dataclasses.replace(PAPER, tables=(table,))
    for seed, accuracy in enumerate([89.0, 90.0, 91.0]):
        unit = Unit(paper, table, tiny.ROW, protocol, seed)
        write_run(tmp_path, unit, entry_of(unit, accuracy))
    low, high = under_the_papers(paper, tmp_path).judgement.interval
    # A variance of 1, of ten folds on the paper's side; a ninth is shared.
    half = 4.30265 * np.sqrt(1 / 3 + 1 / 10 + 2 / 9)
    assert (high - low) / 2 == pytest.approx(half, abs=1e-4)


def test_a_number_that_nothing_judges_is_a_fault_of_the_papers_file(tmp_path):
    (table,) = PAPER.tables
    protocols = tuple(
        dataclasses.replace(p, papers=False) for p in table.protocols
    )
    table = dataclasses.replace(table, protocols=protocols)
    paper = dataclasses.replace(PAPER, tables=(table,))
    with pytest.raises(ValueError, match="tiny1999 .*Tiny .*papers=True"):
        numbers.index(numbers.numbers(paper, tmp_path))


def test_two_halves_of_a_pool_have_the_noise_of_drawing_them(tmp_path):
    others = Others(90, pool=180)
    first = dataclasses.replace(TABLE.protocols[0], others=others)
    rows = tiny.ROW, OTHER
    table = dataclasses.replace(TABLE, rows=rows, protocols=(first,))
    paper = dataclasses.replace(PAPER, tables=(table,))
    write(tmp_path, [90.0, 90.1, 90.2], protocol="paper")
    write(tmp_path, [50.0, 50.1, 50.2], OTHER, protocol="paper")
    low, high = summarise(paper, tmp_path)[0].judgement.interval
    expected = 196 * np.sqrt(0.9005 * 0.0995 * (2 / 90 - 2 / 180))
    assert (high - low) / 2 == pytest.approx(expected, rel=0.02)


def test_the_interval_of_folds_has_what_they_share(tmp_path):
    fold = Fold("test", of="train", folds=10)
    protocol = dataclasses.replace(tiny.PROTOCOLS[0], hold_outs=(fold,))
    table = dataclasses.replace(TABLE, protocols=(protocol,))
    paper = dataclasses.replace(PAPER, tables=(table,))
    for seed, accuracy in enumerate([89.0, 90.0, 91.0]):
        unit = Unit(paper, table, tiny.ROW, protocol, seed)
        write_run(tmp_path, unit, entry_of(unit, accuracy))
    low, high = summarise(paper, tmp_path)[0].interval
    expected = 4.30265 * np.sqrt(1 / 3 + 1 / 9)
    assert (high - low) / 2 == pytest.approx(expected, abs=1e-4)


def test_what_is_printed_has_its_runs_and_range(tmp_path):
    reported = {"accuracy": 82.0, "runs": 4, "min": 81.0, "max": 83.5}
    row = dataclasses.replace(tiny.ROW, reported=reported)
    table = dataclasses.replace(TABLE, rows=(row,))
    paper = dataclasses.replace(PAPER, tables=(table,))
    line, *_ = summarise(paper, tmp_path)
    assert line.printed == Printed(82.0, 4, 2.5)


def test_decibels_say_nothing_of_the_noise_of_accuracies(tmp_path):
    other = dataclasses.replace(OTHER, task=SUPER_RESOLUTION, reported={})
    table = dataclasses.replace(TABLE, rows=(tiny.ROW, other))
    paper = dataclasses.replace(PAPER, tables=(table,))
    write(tmp_path, [90.0, 90.5], protocol="paper")
    for seed, psnr in enumerate([20.0, 21.0]):
        unit = tiny.unit("paper", seed=seed)
        unit = dataclasses.replace(unit, paper=PAPER, row=other)
        entry = entry_of(unit, 1.0) | {"scores": {"psnr": psnr}}
        write_run(tmp_path, unit, entry)
    assert summarise(paper, tmp_path)[0].others == ()
