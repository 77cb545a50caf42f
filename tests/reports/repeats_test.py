"""What is told of images that training has too."""

import dataclasses

import pytest

from ferkeras.reports import page, repeats, report
from ferkeras.reports.summary import summarise
from tests import tiny
from tests.made_up import PAPER, entry_of, write_run

pytestmark = pytest.mark.any_backend
LAST = dataclasses.replace(tiny.PROTOCOLS[0], at_last_epoch=True)


def write(results, runs, row=tiny.ROW, protocol="clean", key="scores"):
    """Write runs of 90 images each.

    Args:
        runs: for each, its accuracy, and that on how many other images.
    """
    for seed, (accuracy, others, images) in enumerate(runs):
        unit = dataclasses.replace(
            tiny.unit(protocol, seed), paper=PAPER, row=row
        )
        entry = entry_of(unit, accuracy)
        entry["scores_at_last_epoch"] = {"accuracy": accuracy}
        if images is not None:
            found = {"images": images, "accuracy": others}
            entry[key]["unseen"] = found
        write_run(results, unit, entry)


def lines_of(results, paper=PAPER):
    return {x.protocol.name: x for x in summarise(paper, results)}


def test_the_accuracy_on_others_stands_beside_the_score(tmp_path):
    write(tmp_path, [(80, 78, 80), (82, 79, 75)])
    words = "accuracy without 10 to 15 that training has too"
    row = f"| Tiny \\| net | clean | {words} | – | 78.50 |"
    assert row in report.render(PAPER, tmp_path)
    # An older run does not say.
    write(tmp_path, [(80, 78, 80), (82, 79, 75), (81, None, None)])
    row = row.replace("too", "too, 2 of 3 runs")
    assert row in report.render(PAPER, tmp_path)


def test_nothing_is_said_where_nothing_is_repeated(tmp_path):
    write(tmp_path, [(80, 80, 90), (81, None, 0)])
    line = lines_of(tmp_path)["clean"]
    assert not repeats.Unseen(line) and not repeats.repeats([line])
    assert "training has too" not in report.render(PAPER, tmp_path)


@pytest.mark.parametrize(
    "key,end",
    [("scores_at_last_epoch", "too"), ("scores", "too, best epoch")],
)
def test_it_is_of_the_last_epoch_where_that_is_scored(key, end, tmp_path):
    table = dataclasses.replace(PAPER.tables[0], protocols=(LAST,))
    paper = dataclasses.replace(PAPER, tables=(table,))
    write(tmp_path, [(80, 78, 80)], protocol="paper", key=key)
    unseen = repeats.Unseen(lines_of(tmp_path, paper)["paper"])
    assert unseen.others == [78] and unseen.words.endswith(end)
    epoch = "best epoch" if key == "scores" else "scored epoch"
    line = f"| synthetic_noise | paper | {epoch} | 90 | 10 | 1 | +2.00 |"
    assert line in page.Overview([paper], tmp_path).markdown()


def test_papers_are_told_part_by_part(tmp_path):
    other = dataclasses.replace(tiny.ROW, name="Other")
    ours = dataclasses.replace(tiny.ROW, name="Ours", reported={})
    table = dataclasses.replace(PAPER.tables[0], rows=(tiny.ROW, other, ours))
    paper = dataclasses.replace(PAPER, tables=(table,))
    write(tmp_path, [(80, 78, 80), (82, 79, 75)])
    write(tmp_path, [(60, 60.5, 80)], other)
    # Neither printed nor shipped.
    write(tmp_path, [(60, 50, 70)], ours)
    # 2 and 3 of one row; of the other, they are harder.
    line = (
        "| tiny1999 | synthetic_noise | clean | scored epoch | 90 | 10 to 15 "
        "| 2 | -0.50 to +2.50 |"
    )
    overview = page.Overview([paper], tmp_path)
    assert line in overview.markdown()
    assert "<td>-0.50 to +2.50</td>" in overview.html()


def test_drawn_faces_are_called_synthetic(tmp_path):
    unit = dataclasses.replace(tiny.unit("clean", 0), paper=PAPER)
    entry = entry_of(unit, 80, synthetic=True)
    entry["scores"]["unseen"] = {"images": 80, "accuracy": 78}
    write_run(tmp_path, unit, entry)
    text = page.Overview([PAPER], tmp_path).markdown()
    assert "| synthetic_noise (synthetic) | clean | scored epoch | 90 |" in text
