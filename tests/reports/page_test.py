"""The page, and the chart and table of all numbers, against the reports."""

import dataclasses
import re
from html.parser import HTMLParser

import pytest

from ferkeras.reports import numbers, page, report
from ferkeras.reports.chart import SHAPES
from tests.reports.report_test import PAPER, with_pictures, write

pytestmark = pytest.mark.any_backend

VOID = {"meta", "img", "br", "hr", "link"}


class Reader(HTMLParser):
    """Elements of a page; every one must be closed."""

    def __init__(self, text):
        super().__init__()
        self.found, self.open, self.words = [], [], []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs), tuple(self.open)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs), tuple(self.open)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    def of(self, tag):
        return [(a, inside) for name, a, inside in self.found if name == tag]


@pytest.fixture
def shown(tmp_path):
    """A page of a paper with three runs, read, and its folder."""
    write(tmp_path, [89, 90, 91])
    write(tmp_path, [89.9, 90, 90.1], protocol="paper")
    report.write_report(with_pictures(), tmp_path)
    path = page.write_page([with_pictures()], tmp_path)
    return Reader(path.read_text()), tmp_path


def test_nothing_is_fetched_but_pictures_beside_the_page(shown):
    reader, results = shown
    assert not reader.of("link") and not reader.of("script")
    assert reader.of("img")
    for attributes, _ in reader.of("img"):
        assert (results / attributes["src"]).exists()
        assert attributes["alt"]
    assert "url(" not in "".join(reader.words)


def test_pictures_are_those_of_the_report_and_charts_are_in_the_page(shown):
    reader, results = shown
    text = report.render(with_pictures(), results)
    files = re.findall(r"!\[.*\]\((.*)\)", text)
    drawn = [file for file in files if file.endswith(".svg")]
    pictures = [file for file in files if file.endswith(".png")]
    assert pictures == [a["src"] for a, _ in reader.of("img")]
    # And that of all numbers, which comes first.
    assert len(reader.of("figure")) == len(drawn) + 1 > 1
    tags = [name for name, *_ in reader.found]
    assert tags.index("figure") < min(map(tags.index, ("table", "img")))


def test_links_lead_to_places_on_the_page(shown):
    reader, _ = shown
    places = [a["id"] for _, a, _ in reader.found if "id" in a]
    assert len({*places}) == len(places)
    inside = [a["href"] for a, _ in reader.of("a") if a["href"][0] == "#"]
    assert len(inside) >= 2
    assert {link[1:] for link in inside} <= {*places}


def test_wide_tables_scroll_and_what_is_asked_last_is_folded(shown):
    reader, results = shown
    text = report.render(with_pictures(), results)
    tables = text.count("\n| --- ")
    # And the table of all numbers, in place of the runs' provenance.
    assert len(reader.of("table")) == tables
    assert all(inside[-1] == "div" for _, inside in reader.of("table"))
    # Open is what became of the rows, and nothing else.
    seen = [x for _, x in reader.of("table") if "details" not in x]
    assert len(seen) == 1
    words = "".join(reader.words)
    assert "What is not run, and how to" in words
    assert "Provenance" in text and "Provenance" not in words
    assert {"href": "tiny1999.md"} in [x for x, _ in reader.of("a")]


def test_the_chart_has_a_mark_for_each_judged_number_and_counts_the_rest(
    tmp_path,
):
    write(tmp_path, [80, 90, 98], protocol="paper")
    paper = with_pictures()
    found = numbers.numbers(paper, tmp_path)
    assert numbers.counts(found) == {"undecided": 1, "not run": 1}
    (group,) = numbers.groups(found)
    assert [mark.label for mark in group.marks] == ["Tiny | net"]
    assert group.rest == "and 1 not run"
    (mark,) = group.marks
    # The interval of the difference, around our mean.
    low, high = mark.interval
    assert (low + high) / 2 == pytest.approx(mark.value)
    assert low < mark.reported == 90 < high
    text = page.Overview([paper], tmp_path).chart()
    assert text.count(SHAPES["undecided"]) == 2


def test_numbers_that_others_print_are_counted_apart(tmp_path):
    (table,) = PAPER.tables
    other = dataclasses.replace(table, ours=True)
    paper = dataclasses.replace(PAPER, tables=(other,))
    overview = page.Overview([PAPER, paper], tmp_path)
    assert overview.title == "Of 1 numbers that the papers print: 1 not run"
    titles = [group.title for group in numbers.groups(overview.numbers)]
    assert titles == ["tiny1999", "tiny1999, numbers that others print"]
    assert "Numbers that others print" in overview.markdown()


def test_verdicts_are_counted_under_the_papers_protocol(tmp_path):
    write(tmp_path, [89, 90, 91])
    # These are clean runs; none are of the paper's protocol.
    found = numbers.numbers(PAPER, tmp_path)
    assert numbers.counts(found) == {"not run": 1}
    write(tmp_path, [80, 90, 98], protocol="paper")
    found = numbers.numbers(PAPER, tmp_path)
    # What would settle it stands in the table and is not counted apart.
    words = "undecided: at this spread, no number of runs of ours would settle "
    words += "it"
    assert f"| {words} |" in numbers.index(found)
    assert numbers.counts(found) == {"undecided": 1}


def test_verdicts_are_marked(shown):
    reader, _ = shown
    marks = {a.get("class") for a, _ in reader.of("span")}
    assert "good" in marks


def test_what_is_no_markup_stays_words(shown):
    reader, _ = shown
    assert "Tiny | net" in "".join(reader.words)
