"""Charts of marks whose places are known."""

import re
from xml.etree import ElementTree

import pytest

from ferkeras.reports import chart
from ferkeras.reports.chart import SHAPES, Axis, Group, Mark

pytestmark = pytest.mark.any_backend

SVG = "{http://www.w3.org/2000/svg}"
MARKS = [
    Mark("A & B", "50.00 → 52.00", "reproduced", 52, (49, 55), 50),
    Mark("C", "60.00 → 65.00", "higher", 65, (61, 69), 60, clean=66.5),
]
GROUPS = [Group("one1999", MARKS, "and 3 waiting"), Group("two2000", [], "x")]
FORMS = pytest.mark.parametrize("form", ["chart.svg", "chart.html"])


def test_a_number_stands_where_its_axis_has_it():
    axis = Axis([40.0, 50.0, 60.0])
    assert [axis(x) for x in (40, 45, 60)] == ["0.0%", "25.0%", "100.0%"]


def test_an_axis_holds_all_there_is_to_draw_and_never_enlarges_chance():
    ticks = chart.axis_of(MARKS).ticks
    assert ticks[0] <= 49 and ticks[-1] >= 69
    # A tenth of a point is no distance.
    near = chart.axis_of([Mark("", "", "lower", 50.0, None, 50.1)]).ticks
    assert near[-1] - near[0] >= 4
    # Differences have zero on their axis.
    assert chart.axis_of(MARKS, zero=True).ticks[0] <= 0


def test_a_mark_says_by_its_shape_what_it_says_by_its_colour():
    # What bears a paper out has one shape, what does not has others.
    good = {SHAPES[k] for k in ("reproduced", "holds")}
    others = [SHAPES[k] for k in ("higher", "lower", "undecided", "failed")]
    assert len(good) == 1 and len({*others} | good) == 5


@FORMS
def test_a_line_has_its_mark_its_interval_and_the_papers_number(form):
    text = chart.draw("Title", GROUPS, form)
    axis = chart.axis_of(MARKS)
    # One of each in the legend too.
    assert text.count(SHAPES["reproduced"]) == 2
    assert text.count(SHAPES["higher"]) == 2
    assert text.count('class="reported" x1') == 1 + 2
    assert text.count('class="clean" cx') == 1 + 1
    for low, high in ((49, 55), (61, 69)):
        assert f'x1="{axis(low)}" x2="{axis(high)}"' in text
    assert f'x1="{axis(50)}" x2="{axis(50)}"' in text
    assert f'<svg x="{axis(65)}"' in text and f'cx="{axis(66.5)}"' in text
    assert "and 3 waiting" in text and "two2000" in text
    assert "A &amp; B" in text


def test_a_file_is_an_svg_that_fetches_nothing():
    text = chart.draw("Title", GROUPS)
    root = ElementTree.fromstring(text)
    assert root.get("aria-label") == "Title"
    assert not re.findall(r"(?:href|src|url)\W", text)
    *_, height = map(float, root.get("viewBox").split())
    places = [float(x.get("y", 0)) for x in root.iter(f"{SVG}text")]
    assert max(places) < height
    assert chart.draw("Title", GROUPS) == text


def test_of_groups_of_differences_the_last_has_the_ticks():
    groups = [Group("a", MARKS[:1]), Group("b", MARKS[1:], unit="points")]
    text = chart.draw("Title", groups, "chart.html", zero=True)
    assert text.count('class="ticks"') == 1 and "--zero:" in text
    assert re.search(r">\+\d+ points<", text)
    assert chart.draw("Title", groups, "chart.html").count('"ticks"') == 2
