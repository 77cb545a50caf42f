"""The command: its list, what it refuses, and what it loads for that."""

import configparser
import importlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

import reproductions
from ferkeras.names import nearest
from ferkeras.papers.paper import units
from ferkeras.reports import listing
from reproductions import __main__, pandey2019
from reproductions.commands import arguments, row_list, run_papers
from tests import made_up

pytestmark = pytest.mark.any_backend

ROOT = Path(__file__).parents[2]
HEAVY = {"cv2", "jax", "keras", "matplotlib", "numpy", "scipy", "tensorflow"}
COMMANDS = [
    [],
    ["--json"],
    ["list", "--paper", "vo2020", "--status", "not run"],
    ["--help"],
    *([name, "--help"] for name in __main__.DO),
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_the_list_and_every_help_load_nothing_that_takes_long(words):
    assert not HEAVY & loaded("reproductions", words)


@pytest.mark.parametrize("key", reproductions.keys())
def test_the_help_of_a_papers_script_loads_no_paper(key):
    found = loaded(f"reproductions.{key}", ["--help"])
    assert not HEAVY & found and "ferkeras" in found


def test_the_list_of_models_does_not_wait_for_keras():
    # SciPy gives the intervals.
    assert HEAVY & loaded("reproductions", ["models"]) == {"numpy", "scipy"}


def loaded(module, words):
    """Packages that a command imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", module, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = re.findall(r"\| +(\w+)", done.stderr)
    assert "argparse" in names and "anew" not in done.stderr
    return {*names}


def test_the_console_script_is_the_module(monkeypatch):
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    scripts = setup["options.entry_points"]["console_scripts"]
    name, module, function = re.split(r" *[=:] *", scripts.strip())
    assert getattr(importlib.import_module(module), function) is __main__.main
    monkeypatch.setattr(sys, "argv", [f"/usr/bin/{name}"])
    assert arguments.program() == "ferkeras"


def listed(capsys, results, *words):
    """What the list says, as programs read it, and on its standard error."""
    where = ["--results", str(results), "--data-dir", str(results / "none")]
    __main__.main(["list", "--json", *where, *words])
    said = capsys.readouterr()
    return json.loads(said.out), said.err


def test_a_record_is_in_the_list_as_soon_as_it_is_written(tmp_path, capsys):
    def base():
        lines, said = listed(capsys, tmp_path, "--paper", "pandey2019")
        (line,) = (x for x in lines if x["row"] == "Base")
        return line["mean"], line["runs"], "anew" in said

    assert base() == (None, 0, True)
    assert base() == (None, 0, False)
    (first, second) = units(pandey2019.PAPER, ["Base"], runs=2)
    made_up.write_run(tmp_path, first, made_up.entry_of(first, 80.0))
    assert base() == (80, 1, True)
    assert base() == (80, 1, False)
    made_up.write_run(tmp_path, second, made_up.entry_of(second, 81.0))
    assert base() == (80.5, 2, True)
    made_up.write_run(tmp_path, second, made_up.entry_of(second, 82.0))
    assert base() == (81, 2, True)


def test_what_is_kept_is_of_these_papers_and_costs(tmp_path):
    paper, results = tmp_path / "toy2030.py", tmp_path / "results"
    results.mkdir()
    paper.write_text("A")
    digests = [listing.digest_of([paper], results)]
    listing.write_rows([], digests[0], results)
    assert listing.read_rows(digests[0], results) == []
    paper.write_text("B")
    digests.append(listing.digest_of([paper], results))
    (results / "costs.csv").write_text("network")
    digests.append(listing.digest_of([paper], results))
    assert len({*digests}) == 3
    assert listing.read_rows(digests[2], results) is None
    # As git leaves it where two branches meet.
    listing.rows_file(results).write_text("<<<<<<< HEAD\n")
    assert listing.read_rows(digests[0], results) is None


def test_a_record_written_while_papers_are_read_is_not_missed(
    tmp_path, capsys, monkeypatch
):
    unit = units(pandey2019.PAPER, ["Base"])[0]

    def papers():
        monkeypatch.undo()
        found = reproductions.papers()
        made_up.write_run(tmp_path / "late", unit, made_up.entry_of(unit, 80.0))
        (tmp_path / "late" / "pandey2019").rename(tmp_path / "pandey2019")
        return found

    monkeypatch.setattr(reproductions, "papers", papers)
    listed(capsys, tmp_path)
    assert "anew" in listed(capsys, tmp_path)[1]


def test_what_is_at_hand_waits_for_its_turn(tmp_path, capsys):
    results, data = tmp_path / "results", tmp_path / "data"
    where = ["--results", str(results), "--data-dir", str(data)]

    def waiting():
        __main__.main(["--json", "--status", "waiting", *where])
        lines = json.loads(capsys.readouterr().out)
        return {(line["paper"], line["dataset"]) for line in lines}

    assert not waiting()
    for name in ("jaffe", "kdef", "fer2013"):
        (data / f"{name}.npz").parent.mkdir(exist_ok=True)
        (data / f"{name}.npz").touch()
        (data / name / "1.0.0").mkdir(parents=True)
        (data / name / "1.0.0" / "dataset_info.json").touch()
    assert ("pandey2019", "kdef") in waiting()
    __main__.main(["--json", "--dataset", "jaffe", *where])
    for line in json.loads(capsys.readouterr().out):
        # On FER2013's too. Others start from ImageNet's, or are on faces.
        here = "(FER2013 backbone)" in line["row"]
        assert line["status"] == ("waiting" if here else "not run")
        assert line["dataset"] in ("jaffe", "jaffe/faces227")


@pytest.mark.parametrize("width", [80, 120])
def test_the_list_fits_the_terminal(width, capsys):
    lines = row_list.rows(ROOT / "results")
    row_list.for_terminal(lines, Console(width=width))
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= width
    # Nothing is cut off.
    assert "…" not in text
    for word in ("49.75 ± 0.54", "reproduced", "not run", "0 of 10"):
        assert word in text
    assert {line.protocol for line in lines} <= {*text.split()}
    words = {word for line in lines for word in line.row.split()}
    assert words <= {*text.split()}


@pytest.mark.parametrize(
    "words,message",
    [
        (["prepaer"], "invalid choice: 'prepaer'"),
        (["list", "--status", "done"], "--status"),
        (["list", "--dataset", "ferpluss"], "'ferpluss'; nearest: ferplus/"),
        (["run"], "PAPER --pending is required"),
        (["run", "pandey2019", "--pending"], "--pending: not allowed with"),
        (["run", "--pending", "--runs", "2"], "--pending takes no --runs"),
        (["run", "pandey2018"], "invalid choice: 'pandey2018'"),
        (
            ["run", "pandey2019", "--rows", "base & sobel"],
            "no row 'base & sobel'; nearest: Base . Sobel; .*list --paper pan",
        ),
        (["run", "pandey2019", "--tables", "Tabel 4"], "nearest: Table 4"),
        (
            ["run", "pandey2019", "--protocol", "paper", "--rows", "Base"],
            "do n",
        ),
    ],
)
def test_what_is_not_understood_ends_with_2(words, message, tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        __main__.main([*words, "--results", str(tmp_path)])
    assert end.value.code == 2
    said = " ".join(capsys.readouterr().err.split())
    assert re.search(message, said)
    # Not every name there is.
    assert len(said) < 1500


def test_a_paper_runs_as_by_its_script(monkeypatch):
    asked = []
    monkeypatch.setattr(
        run_papers, "run_paper", lambda paper, words: asked.append(words)
    )
    words = ["--rows", "Base", "Base + Sobel", "--runs", "1", "--demo"]
    __main__.main(["run", "pandey2019", *words])
    run_papers.main(pandey2019.PAPER, words)
    command, script = map(vars, asked)
    assert {k: command[k] for k in script if k not in OWN} == {
        k: v for k, v in script.items() if k not in OWN
    }
    assert command["command"].endswith(
        " -m reproductions run pandey2019 "
        "--rows Base 'Base + Sobel' --runs 1 --demo"
    )
    assert script["command"].startswith("python -m reproductions.pandey2019 -")


OWN = ("command", "started", "error")


def test_everything_that_is_missing_is_named(tmp_path):
    words = ["--rows", "RAF-DB: PSR, PDLS", "FER+: PSR, PDLS (random)"]
    words += ["--data-dir", str(tmp_path), "--results", str(tmp_path / "new")]
    with pytest.raises(SystemExit) as end:
        __main__.main(["run", "vo2020", *words])
    for missing in ("prepare raf_db", "prepare ferplus/", "vgg16"):
        assert missing in end.value.code
    assert not (tmp_path / "new").exists()


def test_the_nearest_names_are_the_alike_and_those_that_hold_it():
    known = ["Base", "Base + Sobel", "VGG13", "VGG13 + Sobel", "RTNN"]
    assert nearest("Bass", known) == "nearest: Base"
    assert nearest("vgg13", known) == "nearest: VGG13; VGG13 + Sobel"
    assert nearest("zzz", known) == "none is like it"
    known = ["M, 6 epochs: Adam", "D: baseline + dropout"]
    assert nearest("D", known).startswith("nearest: D: baseline")


def test_who_reads_only_the_head_of_the_list_sees_no_error():
    command = f"{sys.executable} -m reproductions | head -n 1"
    done = subprocess.run(
        command, shell=True, cwd=ROOT, capture_output=True, text=True
    )
    assert (done.stdout.split()[0], done.stderr) == ("paper", "")
