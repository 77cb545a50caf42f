"""Rows in colour, from files of RAF-DB and AffectNet to the report."""

from dataclasses import replace
from pathlib import PurePath

import cv2
import keras
import numpy as np
import pytest

from ferkeras.data import Datasets, has_tensorflow, prepared
from ferkeras.data.decode import resize
from ferkeras.data.encoded import OnDisk
from ferkeras.papers.paper import units
from ferkeras.runs.record import path_of, read_record
from reproductions.commands import prepare, run_papers
from reproductions.vo2020 import PAPER
from tfds_builders.affectnet import fake_files as affectnet
from tfds_builders.raf_db import fake_files as raf_db

pytestmark = pytest.mark.filterwarnings("ignore")
ROWS = {row.name: row for row in PAPER.rows}
ON_RAF = "RAF-DB: VGG16, LS"
# Longer sides of the originals.
SIZES = {name: sum(size) / 2 for name, (_, *size) in raf_db.IMAGES.items()}


@pytest.fixture(scope="module")
def manual(tmp_path_factory):
    """The publishers' files of both."""
    folder = tmp_path_factory.mktemp("manual")
    raf_db.write_official(folder / "raf_db")
    affectnet.write_lists(folder / "affectnet")
    return folder


@pytest.fixture(params=["tensorflow", "none"])
def datasets(request, manual, tmp_path, monkeypatch):
    """Both prepared, with TensorFlow installed and as if it were not."""
    if request.param == "none":
        for module in (prepare, prepared):
            monkeypatch.setattr(module, "has_tensorflow", lambda: False)
    elif not has_tensorflow():
        pytest.skip("TFDS prepares with TensorFlow")
    for name in ("raf_db", "affectnet/8"):
        folder = manual / name.partition("/")[0]
        prepare.prepare(name, tmp_path, folder)
    return Datasets(tmp_path)


def test_raf_db_comes_in_colour_and_with_the_sizes_of_originals(datasets):
    for split, count in (("train", 8), ("test", 4)):
        faces = datasets.faces("raf_db", split, (), 40, 3)
        assert faces.images.shape == (count, 40, 40, 3)
        names = [name for name in SIZES if name.startswith(split)]
        assert faces.sizes.tolist() == [SIZES[name] for name in names]
        for image, row in zip(faces.images[:], faces.rows, strict=True):
            name = [*raf_db.IMAGES][row]
            file = raf_db.jpeg(raf_db.IMAGES[name][0], row)
            # OpenCV decodes blue first.
            expected = cv2.imdecode(np.frombuffer(file, np.uint8), 1)
            assert (image == expected[..., ::-1]).all()
        grey = datasets.faces("raf_db", split, (), 40)
        assert grey.images.shape == (count, 40, 40, 1)


def test_affectnet_is_cut_to_the_faces_and_stays_on_disk(datasets):
    rows = affectnet.taken(affectnet.LISTS["train"], 8)
    faces = datasets.faces("affectnet/8", "train", (), 24, 3)
    assert faces.rows.tolist() == [number for number, *_ in rows]
    assert isinstance(faces.images, OnDisk)
    for image, (_, name, label, box) in zip(faces.images[:], rows, strict=True):
        path = PurePath(name)
        scene = affectnet.scene(label, box, int(path.stem, 16))
        file = affectnet.encode(path.suffix, scene)
        left, top, width, height = box
        whole = cv2.imdecode(np.frombuffer(file, np.uint8), 1)
        cut = whole[top : top + height, left : left + width, ::-1]
        assert (image == resize(cut, 24)).all()


def network(input_shape, num_classes):
    """Stands in for VGG16; asks for colours."""
    assert input_shape == (16, 16, 3)
    inputs = keras.Input(input_shape)
    x = keras.layers.Conv2D(4, 3, strides=2, activation="relu")(inputs)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(num_classes)(x))


def small(name):
    """The paper with one row, of a small network and two short phases."""
    (table,) = (table for table in PAPER.tables if ROWS[name] in table.rows)
    # Without the groups of PSR's layers.
    phases = ROWS[ON_RAF].recipe.phases
    recipe = replace(
        ROWS[name].recipe,
        phases=tuple(replace(phase, epochs=2) for phase in phases),
        batch_size=2,
    )
    row = replace(
        ROWS[name],
        model=network,
        image_size=16,
        recipe=recipe,
        start_from=(),
        branches=(),
    )
    return replace(PAPER, tables=(replace(table, rows=(row,)),))


def run(paper, datasets, results):
    """One run by the command line: its unit and record, and the report."""
    words = ["--runs", "1", "--data-dir", str(datasets.data_dir)]
    run_papers.main(paper, [*words, "--results", str(results)])
    (unit,) = units(paper, runs=1)
    report = (results / "vo2020.md").read_text()
    return unit, read_record(results, unit), report


@pytest.mark.parametrize("datasets", ["none"], indirect=True)
def test_a_row_on_raf_db(datasets, tmp_path):
    results = tmp_path / "results"
    unit, entry, report = run(small(ON_RAF), datasets, results)
    counts = {"train": 6, "validation": 2, "test": 4}
    assert entry["dataset"]["images"] == counts
    assert entry["experiment"]["channels"] == ["red", "green", "blue"]
    path = results / "work" / unit.folder / "seed0" / "model.keras"
    model = keras.saving.load_model(path)
    assert model.input_shape == (None, 16, 16, 3)
    with np.load(path_of(results, unit, ".probabilities.npz")) as file:
        assert file["size"].tolist() == [70.5, 145, 48.5, 7]
    assert f"| {ON_RAF} | raf_db | clean |" in report
    assert "mean recall (UA) | 76.27" in report
    # Of so few images there is no accuracy by size.
    assert "Figures 7 and 8" not in report


@pytest.mark.parametrize("datasets", ["tensorflow"], indirect=True)
def test_a_row_on_affectnet(datasets, tmp_path):
    name = "AffectNet, 8 classes: PSR, PDLS"
    results = tmp_path / "results"
    unit, entry, report = run(small(name), datasets, results)
    counts = {"train": 8, "held out": 1, "validation": 3}
    assert entry["dataset"]["images"] == counts
    assert entry["scores"]["classes"]["contempt"]["images"] == 1
    with np.load(path_of(results, unit, ".probabilities.npz")) as file:
        assert "size" not in file
    assert f"| {name} | affectnet/8 | clean |" in report
    assert "recall of contempt | 49.00" in report
