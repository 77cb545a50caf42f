"""A user's own images: from folders to a row's record."""

import re

import cv2
import keras
import numpy as np
import pytest

from ferkeras.data import Source, npz_path, open_dataset
from ferkeras.papers.paper import units
from ferkeras.runs.record import read_record
from reproductions import __main__, chesley2021, papers
from reproductions.commands import run_papers
from reproductions.commands.other_datasets import on_dataset
from reproductions.commands.own_images import read_own
from reproductions.commands.prepare import prepare as prepare_dataset

pytestmark = pytest.mark.any_backend

SPLITS = {"train": 12, "validation": 4, "test": 6}
CLASSES = "calm", "cross"
ROW = "I: LeNet5"


def write(folder, splits=SPLITS):
    """Folders of noise, brighter on one side; images of unequal sizes."""
    rng = np.random.default_rng(0)
    for split, count in splits.items():
        for side, name in enumerate(CLASSES):
            (folder / split / name).mkdir(parents=True)
            for index in range(count):
                sides = rng.integers(50, 60, 2)
                pixels = rng.integers(0, 99, sides)
                pixels[:, 25 * side : 25 + 25 * side] += 150
                path = folder / split / name / f"{index}.png"
                cv2.imwrite(str(path), pixels.astype(np.uint8))
    return folder


def prepare(folder, data_dir, name="own/desk"):
    words = ["--manual-dir", str(folder), "--data-dir", str(data_dir)]
    __main__.main(["prepare", name, *words])


@pytest.mark.parametrize("splits", [SPLITS, {"train": 20, "test": 6}])
def test_a_row_is_trained_on_them(tmp_path, splits, capsys):
    folder = write(tmp_path / "images", splits)
    prepare(folder, tmp_path)
    assert "own/desk 1.0.0 test: 12 images" in capsys.readouterr().out
    results = tmp_path / "results"
    words = ["--data-dir", str(tmp_path), "--results", str(results)]
    words += ["--dataset", "own/desk", "--rows", ROW, "--runs", "1"]
    run_papers.main(chesley2021.PAPER, words)
    paper = on_dataset(chesley2021.PAPER, open_dataset("own/desk", tmp_path))
    (unit,) = units(paper, [ROW], runs=1)
    entry = read_record(results, unit)
    assert entry["dataset"]["class_names"] == ["calm", "cross"]
    assert entry["dataset"]["images"]["test"] == 12
    assert entry["scores"]["accuracy"] > 90
    assert entry["experiment"]["phases"][0]["epochs"] == 10
    chosen_on = entry["protocol"]["checkpoint_chosen_on"]
    assert chosen_on == ("validation" if "validation" in splits else "held out")
    text = (results / "chesley2021.md").read_text()
    assert "On own/desk, not on the paper's images." in text
    # Nothing of what the paper measured elsewhere.
    (line,) = re.findall(r"\| I: LeNet5 \| own/desk .*", text)
    assert "50.30" not in text and line.endswith("| – | – |")
    # Nor are they taken for it.
    with pytest.raises(SystemExit, match="record of own/desk, not of publish"):
        __main__.main(["report", "--results", str(results)])
    with pytest.raises(SystemExit, match="record of own/desk, not of publish"):
        run_papers.main(chesley2021.PAPER, words[:4])


DESK = Source("own/desk", "1.0.0", ("a", "b"), ("train", "test"), None)
MOVED = [paper for paper in papers() if paper.key != "reference"]


def test_rows_that_know_their_classes_are_not_moved():
    (ours,) = (paper for paper in papers() if paper not in MOVED)
    with pytest.raises(ValueError, match="No row of reference can be moved"):
        on_dataset(ours, DESK)


@pytest.mark.parametrize("paper", MOVED, ids=lambda paper: paper.key)
def test_rows_on_them_are_the_papers_and_know_no_classes(paper):
    moved = on_dataset(paper, DESK)
    there = {row.name: row for row in paper.rows}
    stages = {start.source for row in moved.rows for start in row.start_from}
    for row in moved.rows:
        assert there[row.name].reported or row.name in stages
        assert not row.reported
        if row.task.classifies:
            loss = row.recipe.loss()
            assert type(loss) is keras.losses.SparseCategoricalCrossentropy
        sources = {start.source for start in row.start_from}
        assert sources <= {*row.published, *(x.name for x in moved.rows)}
    assert max(table.runs for table in moved.tables) <= 3
    named = {name for x in moved.comparisons for name in (x.row, x.than)}
    assert named <= {row.name for row in moved.rows}


def test_faces_are_cut_out_of_them(tmp_path):
    folder = write(tmp_path / "images", {"train": 2, "test": 1})
    prepare(folder, tmp_path, "own/desk/faces48")
    source = open_dataset("own/desk/faces48", tmp_path)
    assert source.faces("train").images.shape == (4, 48, 48, 1)
    # There are none in noise.
    assert source.crops["train"]["no face"] == 4
    faces = npz_path("own/desk/faces48", tmp_path)
    prepare(folder, tmp_path)
    assert faces.exists()
    # Faces of others would not be those of the images any more.
    prepare(write(tmp_path / "other", {"train": 3, "test": 1}), tmp_path)
    assert not faces.exists()


def test_images_are_read_class_by_class_in_the_order_of_names(tmp_path):
    folder = write(tmp_path / "images", {"train": 2, "test": 1})
    (folder / "train" / ".cache").mkdir()
    source = read_own("own/desk", folder)
    assert source.class_names == ("calm", "cross")
    faces = source.faces("train")
    assert faces.labels.tolist() == [0, 0, 1, 1]
    left, right = np.moveaxis(faces.resized(2).images.mean((1, 3)), -1, 0)
    assert ((left > right) == [True, True, False, False]).all()


@pytest.mark.parametrize(
    "change,message",
    [
        (lambda x: (x / "test").rename(x / "tests"), "There is no .*test. The"),
        (
            lambda x: (x / "train/cross").rename(x / "train/happy"),
            "test has classes without images to train on: cross",
        ),
        (
            lambda x: (x / "train/calm").rename(x / "calm"),
            "images/calm holds images, and its name means no split",
        ),
        (
            lambda x: (x / "test/calm/0.png").write_bytes(b""),
            "expected whole image files.*1 empty: test/calm/0.png",
        ),
        (
            lambda x: [(x / f"test/{c}/0.png").unlink() for c in CLASSES],
            "test has no images",
        ),
        (
            lambda x: (x / "test/calm/0.png").rename(x / "test/0.png"),
            "test has images of no class: 0.png",
        ),
    ],
)
def test_other_layouts_are_refused_with_what_to_do(tmp_path, change, message):
    change(write(tmp_path / "images", {"train": 1, "test": 1}))
    with pytest.raises(SystemExit, match=message):
        prepare(tmp_path / "images", tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_without_a_folder_or_a_name_nothing_is_prepared(tmp_path):
    with pytest.raises(FileNotFoundError, match="--manual-dir"):
        read_own("own/desk", None)
    # Of these, the files would be named alike.
    for name in ("own/a desk", "own/a-faces48"):
        with pytest.raises(ValueError, match=f"Received: '{name}'"):
            prepare_dataset(name, tmp_path, tmp_path)


def test_a_row_on_images_that_are_not_prepared_says_what_to_run(tmp_path):
    words = ["--data-dir", str(tmp_path), "--results", str(tmp_path / "here")]
    with pytest.raises(SystemExit, match="prepare own/desk --manual-dir"):
        run_papers.main(chesley2021.PAPER, [*words, "--dataset", "own/desk"])
    assert not (tmp_path / "here").exists()
