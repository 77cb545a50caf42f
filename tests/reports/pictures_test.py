"""Pictures of made-up records whose numbers are known."""

import dataclasses

import numpy as np
import pytest

from ferkeras import plots
from ferkeras.data import Faces
from ferkeras.papers import Figure, Unit
from ferkeras.reports.pictures import of_figure
from ferkeras.reports.summary import summarise
from ferkeras.runs.record import path_of, write_record
from ferkeras.runs.score_files import write_confusion, write_probabilities
from tests import tiny

ROWS = tuple(
    dataclasses.replace(tiny.ROW, name=name, branches=("small", "original"))
    for name in ("Plain", "Pyramid")
)
CLEAN = tiny.PROTOCOLS[1]
TABLE = dataclasses.replace(tiny.TABLE, protocols=(CLEAN,), rows=ROWS)
SIZES, BRANCHES, BY_SIZE, BOXES = FIGURES = (
    Figure("Figures 7 and 8", "sizes", ("Plain", "Pyramid")),
    Figure("Figure 9", "branches", ("Pyramid",)),
    Figure("Figure 9 by size", "branch_sizes", ("Pyramid",)),
    Figure("Figure 10", "boxes", ("Plain", "Pyramid")),
)
PAPER = dataclasses.replace(tiny.PAPER, tables=(TABLE,), figures=FIGURES)
# Pixels of the originals: 20 of 29, one of 30, four of 50, five that are not
# known and ten that are too large.
ORIGINALS = np.repeat([29, 30, 50, 0, 101], [20, 1, 4, 5, 10])


def write(
    results, row, seed, scores, right=None, sizes=ORIGINALS, branches=None
):
    """Write a run's record, of which so many images were `right`.

    Its branches are right where the whole is, unless given.
    """
    unit = Unit(PAPER, TABLE, row, CLEAN, seed)
    card = tiny.Noise().card("noise", ["test"])
    entry = {"digest": unit.digest, "status": "complete", "scores": scores}
    entry |= {"dataset": card | {"synthetic": False}}
    write_record(results, unit, entry)
    path = path_of(results, unit, ".history.csv")
    path.write_text("accuracy,loss,val_accuracy,val_loss\n.4,1,.5,1\n")
    if right is not None:
        labels = np.zeros(40, int)
        faces = Faces(None, labels, np.arange(40), None, sizes)
        path = path_of(results, unit, ".probabilities.npz")
        if branches is None:
            branches = np.stack([right == 1] * 2, axis=1)
        write_probabilities(path, np.eye(2)[1 - right], faces, branches)


def right(small, middle, others):
    """Which of the images of `ORIGINALS` are right, 1 or 0."""
    some = np.arange(21) < small
    return np.repeat([*some, middle, *others], [1] * 21 + [4, 5, 10])


@pytest.fixture
def draw(tmp_path, monkeypatch):
    """Draws a `Figure` of what is recorded, as Matplotlib's axes."""
    drawn = []

    def keep(figure, path):
        drawn.append(figure)

    monkeypatch.setattr(plots, "save_chart", keep)

    def of(figure):
        for picture in of_figure(figure, summarise(PAPER, tmp_path)):
            picture.write(tmp_path)
        return [figure.axes for figure in drawn]

    return of


def curves(axes):
    """Each line as a dict from x to y."""
    return [
        dict(zip(*map(list, line.get_data()), strict=True))
        for line in axes.lines
    ]


def test_accuracy_by_size_is_that_of_all_smaller_images(tmp_path, draw):
    plain, pyramid = ROWS
    # Two runs: 14 and 0 of the smallest are right, 7 of 21 on average.
    write(tmp_path, plain, 0, {}, right(14, 1, (0, 0)))
    write(tmp_path, plain, 1, {}, right(0, 1, (0, 0)))
    write(tmp_path, pyramid, 0, {}, right(21, 1, (0, 0)))
    ((left, gain),) = draw(SIZES)
    first, second = curves(left)
    # Up to 29 pixels there are 20 images, too few.
    assert [*first] == [*second] == list(range(30, 101))
    assert first[30] == first[49] == pytest.approx(100 * 7 / 21)
    assert first[50] == first[100] == pytest.approx(100 * (7 + 4) / 25)
    assert {*second.values()} == {100}
    nothing, gained = curves(gain)
    assert {*nothing.values()} == {0}
    assert gained[30] == pytest.approx(100 * 14 / 21)
    assert gained[100] == pytest.approx(100 - 44)
    assert "Plain" in gain.get_ylabel()
    assert left.get_xlabel().startswith("mean side")


def test_accuracy_by_size_is_that_of_each_branch_and_of_all(tmp_path, draw):
    # Two runs: the small branch has none of the smallest, then all of them.
    for seed, first in enumerate((0, 21)):
        small, original = right(first, 1, (0, 0)), right(14, 0, (0, 0))
        branches = np.stack([small, original], axis=1) == 1
        whole = right(21, 1, (0, 0))
        write(tmp_path, ROWS[1], seed, {}, whole, branches=branches)
    ((left, gain),) = draw(BY_SIZE)
    names = [text.get_text() for text in left.get_legend().get_texts()]
    assert names == ["small", "original", "all"]
    small, original, whole = curves(left)
    assert [*small] == list(range(30, 101))
    assert small[30] == pytest.approx(50)
    assert small[50] == pytest.approx(100 * 14.5 / 25)
    assert original[30] == pytest.approx(100 * 14 / 21)
    assert original[100] == pytest.approx(100 * 14 / 25)
    assert {*whole.values()} == {100}
    assert "small" in gain.get_ylabel()


def test_an_original_is_as_large_as_the_mean_of_its_sides(tmp_path, draw):
    # Halves of pixels are kept: at 30, those of 30.5 are not there.
    sizes = np.repeat([29.0, 30.5], [21, 19])
    write(tmp_path, ROWS[0], 0, {}, right(21, 0, (0, 0)), sizes)
    ((left, _),) = draw(SIZES)
    (curve,) = curves(left)
    assert curve[30] == 100 and curve[31] == pytest.approx(100 * 21 / 40)


@pytest.mark.parametrize("sizes", [None, np.zeros(40, int)])
def test_without_sizes_there_is_no_picture(sizes, tmp_path, draw):
    write(tmp_path, ROWS[0], 0, {}, right(14, 1, (0, 0)), sizes)
    assert draw(SIZES) == []


def test_a_bar_is_the_mean_of_a_branch_over_runs(tmp_path, draw):
    for seed, small in enumerate((40, 43)):
        scores = {"branches": {"small": small, "original": 60 + seed}}
        write(tmp_path, ROWS[1], seed, scores | {"accuracy": 70 - seed})
    ((axes,),) = draw(BRANCHES)
    assert [bar.get_height() for bar in axes.patches] == [41.5, 60.5, 69.5]
    names = [label.get_text() for label in axes.get_xticklabels()]
    assert names == ["small", "original", "all"]
    assert [text.get_text() for text in axes.texts][0] == "41.50"


def test_a_box_goes_from_the_worst_run_over_the_median_to_the_best(
    tmp_path, draw
):
    # The first has a run far off, which is no outlier.
    runs = ((80, 81, 90, 80, 81), (70, 76, 71))
    for row, accuracies in zip(ROWS, runs, strict=True):
        for seed, accuracy in enumerate(accuracies):
            write(tmp_path, row, seed, {"accuracy": accuracy})
    ((axes,),) = draw(BOXES)
    names = [label.get_text() for label in axes.get_xticklabels()]
    assert names == ["Plain", "Pyramid"]
    for place, (worst, median, best) in enumerate(
        [(80, 81, 90), (70, 71, 76)], 1
    ):
        lines = [x for x in axes.lines if x.get_linestyle() != "None"]
        heights = {
            tuple(line.get_ydata())
            for line in lines
            if np.mean(line.get_xdata()) == place
        }
        assert (median, median) in heights
        ends = [height for line in heights for height in line]
        assert (min(ends), max(ends)) == (worst, best)


def write_matrix(results):
    write(results, ROWS[0], 0, {"accuracy": 75.0})
    unit = Unit(PAPER, TABLE, ROWS[0], CLEAN, 0)
    path = path_of(results, unit, ".confusion.csv")
    write_confusion(path, np.array([[9, 1], [4, 6]]), tiny.CLASSES)


@pytest.mark.parametrize(
    "classes,shown,percent",
    [
        ((), ["left", "right"], ["90", "10", "40", "60"]),
        (("right", "left"), ["right", "left"], ["60", "40", "10", "90"]),
    ],
)
def test_a_matrix_has_its_classes_in_the_order_of_the_figure(
    classes, shown, percent, tmp_path, draw
):
    write_matrix(tmp_path)
    ((axes,),) = draw(Figure("Figure 8", "confusion", ("Plain",), classes))
    for labels in (axes.get_xticklabels(), axes.get_yticklabels()):
        assert [label.get_text() for label in labels] == shown
    assert [text.get_text() for text in axes.texts] == percent


def test_the_papers_matrix_is_beside_ours_as_printed(tmp_path, draw):
    write_matrix(tmp_path)
    printed = (97.25, 2.75), (0.5, 99.5)
    figure = Figure(
        "Figure 8", "confusion", ("Plain",), ("right", "left"), printed
    )
    ((ours, papers),) = draw(figure)
    assert [x.get_text() for x in ours.texts] == [
        "60.00",
        "40.00",
        "10.00",
        "90.00",
    ]
    texts = [x.get_text() for x in papers.texts]
    assert texts == ["97.25", "2.75", "0.50", "99.50"]
    assert papers.get_title() == "the paper's"


@pytest.mark.parametrize("classes", [("left",), ("left", "wrong")])
def test_a_matrix_of_other_classes_is_refused(classes, tmp_path, draw):
    write_matrix(tmp_path)
    with pytest.raises(ValueError, match="any order, left, right. Received"):
        draw(Figure("Figure 8", "confusion", ("Plain",), classes))


def test_the_report_shows_the_pictures_that_there_are(tmp_path):
    branches = {"small": 40.0, "original": 60.0}
    for row in ROWS:
        scores = {"accuracy": 70.0, "branches": branches}
        write(tmp_path, row, 0, scores, right(14, 1, (1, 0)))
    lines = summarise(PAPER, tmp_path)
    names = "figures-7-and-8", "figure-9", "figure-9-by-size", "figure-10"
    for figure, name in zip(FIGURES, names, strict=True):
        (picture,) = of_figure(figure, lines)
        assert picture.path == f"tiny1999/clean/{name}.png"
        picture.write(tmp_path)
        file = (tmp_path / picture.path).read_bytes()
        assert file.startswith(b"\x89PNG")
