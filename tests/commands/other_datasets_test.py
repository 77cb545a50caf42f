"""A paper's rows on other datasets, and a trained model on others still."""

import hashlib
import json
import shutil

import numpy as np
import pytest

from ferkeras import dataset_names
from ferkeras.data import (
    Datasets,
    Faces,
    Source,
    npz_path,
    open_dataset,
    prepared,
    write_npz,
)
from ferkeras.data.encoded import EncodedImages
from ferkeras.papers.paper import units
from ferkeras.runs.record import read_record
from ferkeras.trained import zoo
from reproductions import __main__, chesley2021
from reproductions.commands import run_papers
from reproductions.commands.other_datasets import on_dataset, protocol_of

pytestmark = pytest.mark.any_backend

ROW = "I: LeNet5"
JAFFE = "jaffe/faces48"
PEOPLE = 10


def bright(labels, classes):
    """Noise with a bright stripe where the class is."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 99, (len(labels), 48, 48, 1))
    width = 48 // classes
    for image, label in zip(images, labels, strict=True):
        image[:, label * width : (label + 1) * width] += 150
    return images.astype(np.uint8)


def write(name, classes, splits, data_dir, people=None):
    """Prepare noise under a dataset's name; the same classes in turn."""

    def read(split):
        labels = np.arange(splits[split]) % len(classes)
        rows = np.arange(len(labels))
        who = None if people is None else (rows // 2 % people).astype(str)
        return Faces(bright(labels, len(classes)), labels, rows, who)

    source = Source(name, "1.0.0", classes, (*splits,), read)
    write_npz(source, npz_path(name, data_dir))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Folder of data, of results and the record of a row on drawn JAFFE."""
    folder = tmp_path_factory.mktemp("elsewhere")
    write(JAFFE, ("happy", "angry"), {"train": 80}, folder, PEOPLE)
    results = folder / "results"
    words = ["--data-dir", str(folder), "--results", str(results)]
    words += ["--dataset", JAFFE, "--rows", ROW, "--runs", "1"]
    run_papers.main(chesley2021.PAPER, words)
    paper = on_dataset(chesley2021.PAPER, Datasets(folder).source(JAFFE))
    (unit,) = units(paper, [ROW], runs=1)
    return folder, results, unit


def test_a_row_is_trained_apart_from_its_paper_and_nobody_is_on_two_sides(run):
    folder, results, unit = run
    entry = read_record(results, unit)
    assert entry["elsewhere"] and entry["dataset"]["name"] == JAFFE
    assert entry["scores"]["accuracy"] > 90
    people = [
        {*Datasets(folder).faces(JAFFE, name, unit.protocol.hold_outs, 48)[3]}
        for name in unit.protocol.splits
    ]
    assert sum(map(len, people)) == len(set.union(*people)) == PEOPLE
    # As many runs as folds, so that every image is scored.
    assert unit.table.runs == 10
    text = (results / "chesley2021.md").read_text()
    assert f"On {JAFFE}, not on the paper's images." in text
    assert "50.30" not in text


def test_its_records_are_not_taken_for_the_papers(run):
    _, results, _ = run
    words = ["--results", str(results), "--rows", ROW]
    message = f"record of {JAFFE}, not of published images"
    with pytest.raises(SystemExit, match=message):
        run_papers.main(chesley2021.PAPER, words)
    with pytest.raises(SystemExit, match=message):
        __main__.main(["report", "--results", str(results)])


def test_its_model_is_scored_on_another_dataset(run, tmp_path, capsys):
    folder, results, unit = run
    model = results / "work" / unit.folder / "seed0" / "model.keras"
    classes = ("anger", "contempt", "happiness")
    write("own/desk", classes, {"train": 3, "test": 60}, folder)
    path = tmp_path / "scores.json"
    words = ["--dataset", "own/desk", "--json", str(path)]
    __main__.main(["evaluate", str(model), *words, "--data-dir", str(folder)])
    said = capsys.readouterr().out
    assert "test: 40 images" in said and "contempt (20)" in said
    entry = json.loads(path.read_text())
    low, high = entry["interval"]
    assert low <= entry["accuracy"] <= high
    counts = {k: sum(v.values()) for k, v in entry["confusion"].items()}
    assert counts == {"angry": 20, "happy": 20}
    assert entry["dataset"]["name"] == "own/desk"
    assert entry["model"] == str(model)
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    assert entry["model_sha256"] == digest
    assert "is not known" not in said


def test_a_model_by_its_path_is_not_scored_on_what_it_has_seen(run, capsys):
    folder, results, unit = run
    exported = results / "work" / unit.folder / "seed0" / "model.keras"
    there = ["--data-dir", str(folder)]
    with pytest.raises(SystemExit, match="was trained on images of train"):
        __main__.main(["evaluate", str(exported), "--dataset", JAFFE, *there])
    # Whatever it is called, what ships is known.
    ours = zoo.shipped()["chesley2021/i-lenet5"]
    away = folder / "away.keras"
    shutil.copy(ours.file, away)
    assert zoo.record_of(away) == zoo.record_of(ours.file) == ours.record
    shutil.copy(exported, away)
    for beside in ("[]", "no JSON", '{"protocol": {}, "model_sha256": "x"}'):
        away.with_suffix(".json").write_text(beside)
        assert zoo.record_of(away) is None
    __main__.main(["evaluate", str(away), "--dataset", JAFFE, *there])
    assert "was trained on is not known" in capsys.readouterr().out


def test_images_that_a_model_was_made_with_are_told_apart(
    tmp_path, capsys, monkeypatch
):
    for module in (prepared, dataset_names):
        monkeypatch.setattr(module, "has_tensorflow", lambda: False)
    model = zoo.shipped()["chesley2021/i-lenet5"]
    rng = np.random.default_rng(0)
    images = rng.integers(0, 255, (30, 48, 48, 1)).astype(np.uint8)
    # Training and what chose the epoch are both of the published train split.
    parts = {"train": [*range(10)], "test": [*range(7, 30)]}

    def read(split):
        rows = np.array(parts[split])
        return Faces(images[rows], rows % 7, rows)

    for name in ("fer2013", "own/again"):
        source = Source(
            name, "1.0.0", model.class_names, ("train", "test"), read
        )
        write_npz(source, npz_path(name, tmp_path))
    path = tmp_path / "scores.json"
    words = ["evaluate", model.name, "--json", str(path)]
    words += ["--data-dir", str(tmp_path), "--dataset"]
    for name in ("fer2013", "own/again"):
        __main__.main([*words, name])
        said = " ".join(capsys.readouterr().out.split())
        assert "3 of the images are among those that the model was" in said
        entry = json.loads(path.read_text())
        assert (entry["images"], entry["unseen"]["images"]) == (23, 20)
        accuracy = entry["unseen"]["accuracy"]
        assert f"On the others, accuracy is {accuracy:.1f} %." in said
    # Without its own images nobody can know.
    npz_path("fer2013", tmp_path).unlink()
    __main__.main([*words, "own/again"])
    assert "was made with" not in capsys.readouterr().out
    assert "unseen" not in json.loads(path.read_text())


def test_a_prepared_file_that_is_damaged_is_named(tmp_path):
    write("own/desk", ("happy", "angry"), {"train": 8}, tmp_path)
    path = npz_path("own/desk", tmp_path)
    whole = path.read_bytes()
    message = f"{path} is cut short or damaged.*prepare own/desk"
    for content in (whole[:300], b"no archive"):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=message):
            open_dataset("own/desk", tmp_path)
    path.write_bytes(whole)
    source = open_dataset("own/desk", tmp_path)
    place = whole.index(b"train/images.npy") + 99
    path.write_bytes(whole[:place] + b"damaged!" + whole[place + 8 :])
    with pytest.raises(ValueError, match=message):
        source.faces("train")

    def files(split):
        read = [(b"the content of an image file", None)] * 8
        encoded = EncodedImages(lambda: iter(read), 8)
        return Faces(encoded, np.arange(8) % 2, np.arange(8))

    source = Source("own/desk", "1.0.0", ("a", "b"), ("train",), files)
    write_npz(source, path)
    path.write_bytes(path.read_bytes().replace(b"image file", b"damaged 12"))
    faces = open_dataset("own/desk", tmp_path).faces("train")
    with pytest.raises(ValueError, match=message):
        list(faces.images.read())


@pytest.mark.parametrize(
    "splits,used",
    [
        (("test", "train", "validation"), ("train", "validation", "test")),
        (("test", "train"), ("train", "held out", "test")),
        (("train", "validation"), ("train", "held out", "validation")),
        (("train",), ("train", "validation", "test")),
    ],
)
def test_protocols_go_by_the_parts_and_choose_on_none_that_is_scored(
    splits, used
):
    protocol = protocol_of(Source("x", "1.0.0", ("a", "b"), splits, None))
    assert protocol.name == "clean" and not protocol.selects_on_test
    assert protocol.splits == used
    assert all(step.by == "subject" for step in protocol.hold_outs) == (
        splits == ("train",) or not protocol.hold_outs
    )


def test_without_a_part_to_train_on_rows_are_refused():
    with pytest.raises(ValueError, match="x has no train part. It has: test"):
        protocol_of(Source("x", "1.0.0", ("a", "b"), ("test",), None))


@pytest.mark.parametrize(
    "dataset,folder",
    [
        (None, "results"),
        ("own/desk", "own/desk"),
        ("raf_db", "elsewhere/raf_db"),
        ("ck_plus/ck48", "elsewhere/ck_plus/ck48"),
    ],
)
def test_results_of_other_datasets_go_to_folders_of_their_own(dataset, folder):
    assert run_papers.folder_of(dataset) == folder


def test_a_dataset_that_is_none_is_refused_with_the_nearest(capsys):
    with pytest.raises(SystemExit):
        run_papers.main(chesley2021.PAPER, ["--dataset", "ferplus/hlaf"])
    said = " ".join(capsys.readouterr().err.split())
    assert "nearest: ferplus/half" in said
