"""The floors: a folder imports only from folders on lines above its own."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ORDER = """
    quiet opencv image_file folders
    files durations dataset_names limits names processes
    dataset_sources layers losses weights
    models data
    scoring
    papers plots trained
    training
    runs
    cluster reports
"""
RANK = {
    name: rank
    for rank, line in enumerate(ORDER.strip().splitlines())
    for name in line.split()
}
SOURCES = sorted((ROOT / "ferkeras").rglob("*.py"))
SHARED = {"ferkeras.folders", "ferkeras.image_file"}
PURE = {"ferkeras", "functools", "keras", "math"}


def imported(path):
    """Dotted names a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            if node.module == "ferkeras":
                yield from (f"ferkeras.{a.name}" for a in node.names)
            else:
                yield node.module


def part(path):
    """First name below ferkeras: the module or folder a file belongs to."""
    return path.relative_to(ROOT / "ferkeras").parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_imports_point_down(path):
    if path == ROOT / "ferkeras" / "__init__.py":
        # Neither Keras nor TensorFlow, whose environment it sets.
        assert {*imported(path)} == {"importlib", "os", "ferkeras.quiet"}
        return
    assert part(path) in RANK, f"give {part(path)} a line in ORDER"
    for name in imported(path):
        top, *below = name.split(".")
        assert top not in ("reproductions", "tfds_builders")
        if top == "ferkeras" and below[0] != part(path):
            assert RANK[below[0]] < RANK[part(path)], name
        if part(path) in ("layers", "losses", "models"):
            # What XLA compiles apart from the step is TensorFlow's alone.
            apart = path.stem == "compiled" and top == "tensorflow"
            assert apart or top in PURE, name


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "tfds_builders").rglob("*.py")),
    ids=lambda path: path.stem,
)
def test_builders_import_of_ferkeras_only_what_reads_files(path):
    for name in imported(path):
        top = name.split(".")[0]
        assert top != "reproductions"
        assert top != "ferkeras" or name in SHARED, name


def test_what_reads_files_needs_neither_keras_nor_opencv():
    for name in ("folders", "image_file"):
        found = {*imported(ROOT / "ferkeras" / f"{name}.py")}
        tops = {x.split(".")[0] for x in found}
        assert not tops & {"ferkeras", "keras", "cv2"}


@pytest.mark.parametrize(
    "folder", ["ferkeras", "reproductions", "tests", "tfds_builders"]
)
def test_no_file_is_long(folder):
    for path in (ROOT / folder).rglob("*.py"):
        assert len(path.read_text().splitlines()) <= 300, path


def test_the_page_on_architecture_has_these_floors():
    text = (ROOT / "docs" / "architecture.md").read_text()
    # Names are left of column 24, what they mean is right of it.
    lines = [line[:24] for line in text.split("```")[1].splitlines()]
    shown = [x for line in lines for x in re.findall(r"\w+", line) if x in RANK]
    floors = [RANK[name] for name in shown]
    assert floors == sorted(floors, reverse=True)
    folders = {path.parent.name for path in SOURCES} - {"ferkeras"}
    assert folders <= {*shown}
