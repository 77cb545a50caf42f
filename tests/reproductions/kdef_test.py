"""A row of Table 1 from files of KDEF's layout to its report."""

import contextlib
import io
import re
from dataclasses import replace

import numpy as np
import pytest

from ferkeras.data import Datasets
from ferkeras.papers.paper import units
from ferkeras.runs.record import read_record
from reproductions import __main__
from reproductions.commands import run_papers
from reproductions.pandey2019 import PAPER, TABLE1
from tfds_builders.kdef import fake_files, reader

pytestmark = pytest.mark.any_backend

CODES = {name: code for code, name in reader.EXPRESSIONS.items()}
PEOPLE = [f"{sex}{number:02}" for sex in "FM" for number in range(1, 6)]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """Ten drawn people, both sessions, seven expressions, prepared."""
    folder = tmp_path_factory.mktemp("kdef")
    for person in PEOPLE:
        for session in "AB":
            for seed, (label, code) in enumerate(CODES.items()):
                name = f"{session}{person}{code}S.JPG"
                path = folder / "manual" / "KDEF" / name[:4] / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(fake_files.jpeg(label, seed))
    words = ["prepare", "kdef", "--manual-dir", str(folder / "manual")]
    with contextlib.redirect_stderr(io.StringIO()) as said:
        __main__.main([*words, "--data-dir", str(folder)])
    assert re.search("140 images, .* 4900; 4760 missing", said.getvalue())
    return folder


@pytest.mark.parametrize(
    "protocol,counts",
    [
        ("paper", {"train": 112, "test": 28}),
        ("fileorder", {"train": 112, "test": 28}),
        ("clean", {"train": 98, "validation": 14, "test": 28}),
    ],
)
def test_each_protocol_divides_the_images(data_dir, protocol, counts):
    datasets = Datasets(data_dir)
    (chosen,) = (p for p in TABLE1.protocols if p.name == protocol)
    card = datasets.card("kdef", counts, chosen.hold_outs)
    assert card["images"] == counts
    parts = {
        split: datasets.faces("kdef", split, chosen.hold_outs, 64)
        for split in counts
    }
    assert parts["test"].images.shape == (28, 64, 64, 1)
    everything = np.sort(np.concatenate([p.rows for p in parts.values()]))
    assert everything.tolist() == list(range(140))
    people = [{*faces.subjects} for faces in parts.values()]
    shared = set.intersection(people[0], people[-1])
    assert bool(shared) == (protocol != "clean")


def test_one_command_gives_the_row(data_dir, tmp_path):
    recipe = replace(
        TABLE1.rows[0].recipe,
        phases=(replace(TABLE1.rows[0].recipe.phases[0], epochs=2),),
    )
    rows = (replace(TABLE1.rows[0], recipe=recipe), *TABLE1.rows[1:])
    table = replace(TABLE1, rows=rows)
    paper = replace(PAPER, tables=(table,), layer_tables=())
    words = ["--rows", "RTNN", "--split", "clean", "--runs", "1"]
    words += ["--data-dir", str(data_dir), "--results", str(tmp_path)]
    run_papers.main(paper, words)
    (unit,) = units(paper, ["RTNN"], ["clean"], runs=1)
    entry = read_record(tmp_path, unit)
    assert entry["dataset"]["name"] == "kdef"
    assert entry["protocol"]["hold_outs"][0]["by"] == "subject"
    assert entry["scores"]["classes"]["afraid"]["images"] == 4
    assert "| RTNN | kdef | clean |" in (tmp_path / "pandey2019.md").read_text()


def test_every_number_of_table_1_is_a_share_of_980_images():
    correct = [815, 824, 827, 834, 838, 864]
    printed = [row.reported["accuracy"] for row in TABLE1.rows]
    assert printed == [round(100 * count / 980, 2) for count in correct]
