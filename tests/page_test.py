"""The page against the reports that it is made of."""

import base64
import re
from html.parser import HTMLParser

import pytest

from ferkeras import page, report
from tests.report_test import PAPER, with_pictures, write

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


def test_nothing_is_fetched(shown):
    reader, _ = shown
    assert not reader.of("link") and not reader.of("script")
    for attributes, _ in reader.of("img"):
        assert attributes["src"].startswith("data:image/png;base64,")
        assert attributes["alt"]
    assert "url(" not in "".join(reader.words)


def test_pictures_are_those_of_the_report(shown):
    reader, results = shown
    text = report.render(with_pictures(), results)
    files = re.findall(r"!\[(.*)\]\((.*\.png)\)", text)
    assert [alt.replace("\\|", "|") for alt, _ in files] == [
        attributes["alt"] for attributes, _ in reader.of("img")
    ]
    for (_, file), (attributes, _) in zip(files, reader.of("img"), strict=True):
        data = base64.b64decode(attributes["src"].partition(",")[2])
        assert data == (results / file).read_bytes()


def test_links_lead_to_places_on_the_page(shown):
    reader, _ = shown
    places = [a["id"] for _, a, _ in reader.found if "id" in a]
    assert len({*places}) == len(places)
    inside = [a["href"] for a, _ in reader.of("a") if a["href"][0] == "#"]
    assert len(inside) >= 2
    assert {link[1:] for link in inside} <= {*places}


def test_wide_tables_scroll_and_provenance_is_folded(shown):
    reader, results = shown
    text = report.render(with_pictures(), results)
    tables = text.count("\n| --- ")
    # And the index.
    assert len(reader.of("table")) == tables + 1
    assert all(inside[-1] == "div" for _, inside in reader.of("table"))
    folded = [inside for _, inside in reader.of("table") if "details" in inside]
    # How to run the other row is on demand too.
    assert len(folded) == 2
    words = "".join(reader.words)
    assert "Provenance" in words and "What is not run, and how to" in words


def test_verdicts_come_first_and_are_marked(shown):
    reader, _ = shown
    words = "".join(reader.words)
    assert words.index("Verdicts") < words.index("Table 1")
    marks = {a.get("class") for a, _ in reader.of("span")}
    assert "good" in marks


def test_verdicts_are_counted_under_the_papers_protocol(tmp_path):
    write(tmp_path, [89, 90, 91])
    # These are clean runs; none are of the paper's protocol.
    rows = report.index_rows([PAPER], tmp_path)
    assert report.counts(rows) == {"not run": 1}
    write(tmp_path, [80, 90, 98], protocol="paper")
    rows = report.index_rows([PAPER], tmp_path)
    # What would settle it stands in the table and is not counted apart.
    assert (
        "undecided: at this spread, no number of runs would settle it"
        in rows[0]
    )
    assert report.counts(rows) == {"undecided": 1}


def test_what_is_no_markup_stays_words(shown):
    reader, _ = shown
    assert "Tiny | net" in "".join(reader.words)
