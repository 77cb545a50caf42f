"""What README and docs promise: commands, a model, a paper in a file."""

import json
import re
import shlex
import sys
from pathlib import Path

import numpy as np
import pytest

import reproductions
from ferkeras.papers.paper import units
from reproductions import __main__, papers
from reproductions.commands import run_arguments, run_papers

pytestmark = pytest.mark.any_backend

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md"))]
# Markdown that git has, and what of it is written by hand or by `report`.
WRITTEN = [*PAGES, *sorted((ROOT / "results").rglob("*.md"))]
WRITTEN += sorted((ROOT / "tfds_builders").rglob("README.md"))
TEXT = "\n".join(page.read_text() for page in PAGES)
# What somebody would write who reads "Adding a paper".
TOY = '''"""A toy."""

from functools import partial

from keras.optimizers import Adam

from ferkeras.papers.comparison import Comparison
from ferkeras.data import no_augmentation
from ferkeras.papers.experiment import Experiment
from ferkeras.models import plain_cnn
from ferkeras.papers.paper import Paper, Table
from ferkeras.papers.protocol import Protocol
from ferkeras.papers.recipe import Phase, Recipe
from reproductions.commands import run_papers

network = partial(plain_cnn, filters=(4,), dense=(8,))
RECIPE = Recipe(
    (Phase(partial(Adam, 1e-3), 1),),
    batch_size=64,
    augment=no_augmentation,
    assumed=("everything",),
)
PROTOCOLS = (
    Protocol("paper", "train", "test", "test", "It leaks.", papers=True),
    Protocol("clean", "train", "validation", "test", "It does not."),
)
TABLE = Table("Table 1", 1, PROTOCOLS, (
    Experiment(
        "Grey", network, ("grey",), {"accuracy": 60.0},
        "synthetic_faces/demo", 32, RECIPE,
    ),
    Experiment(
        "Laplacian", network, ("grey", "laplacian"), {"accuracy": 61.0},
        "synthetic_faces/demo", 32, RECIPE,
    ),
))
PAPER = Paper(
    "toy2030", "A toy", "", (TABLE,),
    comparisons=(Comparison("the Laplacian helps", "Laplacian", "Grey"),),
)

if __name__ == "__main__":
    run_papers.main(PAPER)
'''


def test_the_lines_that_load_a_model_run(capsys):
    for lines in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL):
        exec(lines, {})
    said = capsys.readouterr().out
    assert said.startswith("('angry', 'disgust', 'fear', 'happy', 'sad',")


@pytest.mark.parametrize(
    "key,words",
    re.findall(
        r"(?:-m reproductions\.|ferkeras run )(\w+\d{4})([^#`\n]*)", TEXT
    ),
)
def test_a_papers_commands_name_what_it_has(key, words):
    (paper,) = (paper for paper in papers() if paper.key == key)
    asked = run_arguments.script(key).parse_args(shlex.split(words))
    rows = asked.rows + run_papers.rows_of(paper, asked.tables)
    assert units(paper, rows, [asked.protocol] if asked.protocol else [])


def test_what_repeated_pictures_add_is_as_recorded():
    folder = ROOT / "results/reference/clean/fer2013-small"
    scores = [
        json.loads(path.read_text())["scores"]
        for path in folder.glob("seed*.json")
    ]
    total = np.mean([x["accuracy"] for x in scores])
    others = np.mean([x["unseen"]["accuracy"] for x in scores])
    text = " ".join(README.read_text().split())
    assert f"falls from {total:.1f} to {others:.1f} %" in text
    counts = {3589 - x["unseen"]["images"] for x in scores}
    assert counts == {288} and "Training has 288 as well" in text


def test_the_readme_is_short_and_has_the_two_commands():
    text = README.read_text()
    assert len(text.splitlines()) <= 150
    assert "python -m reproductions.pandey2019 --demo\n" in text
    assert "python -m pytest -n 2\n" in text
    # The chart, before any command.
    assert text.index("(results/overview.svg)") < text.index("python -m")


def links_of(page):
    """`(path, place)` of the links of a page that lead to files here."""
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if "://" not in link:
            path, _, place = link.partition("#")
            yield (page.parent / path if path else page).resolve(), place


@pytest.mark.parametrize(
    "page", WRITTEN, ids=lambda page: str(page.relative_to(ROOT))
)
def test_links_lead_somewhere(page):
    for path, place in links_of(page):
        assert path.exists(), path
        if place:
            heads = re.findall(r"^#+ (.*)", path.read_text(), re.MULTILINE)
            slugs = [re.sub(r"[^\w -]", "", head.lower()) for head in heads]
            assert place in [head.replace(" ", "-") for head in slugs], place


def test_every_page_of_docs_is_reached_from_the_readme():
    there = {path for path, _ in links_of(README)}
    assert {*PAGES} - {README} <= there


def test_every_picture_is_shown_somewhere():
    shown = {path for page in WRITTEN for path, _ in links_of(page)}
    for folder in ("results", "docs"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".png", ".svg") and "work" not in path.parts:
                assert path in shown, path


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """A paper's file beside the others."""
    (tmp_path / "toy2030.py").write_text(TOY)
    folders = [*reproductions.__path__, str(tmp_path)]
    monkeypatch.setattr(reproductions, "__path__", folders)
    yield tmp_path
    sys.modules.pop("reproductions.toy2030", None)


def test_a_paper_is_one_file(toy, capsys):
    (paper,) = (paper for paper in papers() if paper.key == "toy2030")
    results = toy / "results"
    words = ["--data-dir", str(toy / "data"), "--results", str(results)]
    __main__.main(["prepare", "synthetic_faces/demo", *words])
    run_papers.main(paper, ["--protocol", "clean", *words])
    text = (results / "toy2030.md").read_text()
    assert "| the Laplacian helps | Laplacian | Grey | clean | +1.00 |" in text
    assert "Synthetic faces" in text
    capsys.readouterr()
    __main__.main(words)
    listed = capsys.readouterr().out
    assert re.search(r"toy2030 +Table 1 +Laplacian .*recorded", listed)
