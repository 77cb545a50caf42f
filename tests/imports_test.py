"""The import order: a module imports only from lines above its own."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ORDER = """
    quiet
    files durations access limits names
    listing keeper
    advice
    layers losses metrics data schedules optimizers weights verdicts
    comparisons explain models operations plots statements task chart
    panels
    recipe protocol
    experiment devices compiled
    paper
    build
    record run_folder tensorboard resident
    fit engine
    train evaluate export costs
    zoo formats
    rates start outcome line fold_lists predict
    predictions reproduce summary together ways display pending
    pictures rates_chart annotate node needs
    tables
    numbers cards cross_dataset
    claims how_to_run parameters rates_report
    report
    page work_queue bench
    cluster
"""
RANK = {
    name: rank
    for rank, line in enumerate(ORDER.strip().splitlines())
    for name in line.split()
}
SOURCES = sorted((ROOT / "ferkeras").rglob("*.py"))
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
            assert top in PURE, name


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "tfds_builders").rglob("*.py")),
    ids=lambda path: path.stem,
)
def test_builders_do_not_import_ferkeras(path):
    for name in imported(path):
        assert name.split(".")[0] not in ("ferkeras", "reproductions")


@pytest.mark.parametrize("folder", ["ferkeras", "reproductions"])
def test_no_file_is_long(folder):
    for path in (ROOT / folder).rglob("*.py"):
        assert len(path.read_text().splitlines()) <= 300, path
