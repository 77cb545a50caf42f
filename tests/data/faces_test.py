"""Faces cut out of CK+'s layout, from files to the record's card."""

import json
import os
import shutil
import signal
import subprocess
import sys

import cv2
import numpy as np
import pytest

from ferkeras.data import (
    Datasets,
    has_tensorflow,
    npz_path,
    open_dataset,
    prepared,
)
from ferkeras.data.decode import decode
from ferkeras.data.face_crop import OUTCOMES, crop_face
from ferkeras.data.npz import open_npz
from reproductions import __main__
from reproductions.commands import prepare
from tests.scenes import encoded, scene
from tfds_builders.ck_plus import fake_files
from tfds_builders.ck_plus import reader as ck_plus

PHOTOGRAPHS = "ck_plus/mohana2023"
NAME = f"{PHOTOGRAPHS}/faces48"
FACE, FAR = (160, 120, 60), (70, 80, 50)
COLOUR = cv2.merge([scene(FACE) // 2, scene(FACE), scene(FACE)])
# What frames show, by their place among the 28 that the config takes; the
# others show no face.
SHOWN = {
    0: scene(FACE),
    1: scene((210, 120, 70), (70, 100, 40)),
    2: COLOUR,
    3: scene(FACE).astype(np.uint16) * 257,
    27: scene(FAR),
}
EMPTY = scene()
COUNTS = dict(zip(OUTCOMES, (4, 1, 23, 0), strict=True))
PRINTED = "train: face in 4, several faces in 1, no face in 23"
pytestmark = pytest.mark.filterwarnings("ignore:.*labelled sequences")


@pytest.fixture(scope="module")
def manual(tmp_path_factory):
    """CK+'s layout; four peaks of each of seven sequences are taken."""
    folder = tmp_path_factory.mktemp("manual")
    fake_files.write_original(folder)
    for path in folder.rglob("*.png"):
        if not path.name.startswith("."):
            path.write_bytes(encoded(EMPTY))
    for place, image in SHOWN.items():
        taken(folder)[place].write_bytes(encoded(image))
    return folder


def taken(folder):
    """Files of the frames that the config takes, in order."""
    return ck_plus.read("mohana2023", folder)["train"]["image"]


@pytest.fixture(params=["tensorflow", "none"])
def backend(request, monkeypatch):
    """With TensorFlow installed, and as if it were not."""
    if request.param == "none":
        without_tensorflow(monkeypatch)
    elif not has_tensorflow():
        pytest.skip("TFDS prepares with TensorFlow")
    return request.param


def without_tensorflow(monkeypatch):
    for module in (prepare, prepared):
        monkeypatch.setattr(module, "has_tensorflow", lambda: False)


def command(data_dir, manual, dataset=NAME):
    words = ["prepare", dataset, "--manual-dir", str(manual)]
    __main__.main([*words, "--data-dir", str(data_dir)])


def test_the_stage_writes_what_both_backends_open(
    backend, manual, tmp_path, capsys
):
    command(tmp_path, manual)
    assert PRINTED in capsys.readouterr().out
    assert (tmp_path / "ck_plus-mohana2023-faces48.npz").exists()

    faces = open_dataset(NAME, tmp_path).faces("train")
    expected = [SHOWN.get(place, EMPTY) for place in range(28)]
    expected[2], expected[3] = decode(encoded(COLOUR)), scene(FACE)
    assert faces.images.shape == (28, 48, 48, 1)
    for crop, image in zip(faces.images[..., 0], expected, strict=True):
        assert (crop == crop_face(image, 48)[0]).all()


def test_all_but_the_images_is_of_the_photographs(backend, manual, tmp_path):
    faces = prepare.prepare(NAME, tmp_path, manual)
    photographs = open_dataset(PHOTOGRAPHS, tmp_path)
    assert faces.name == NAME and faces.version == photographs.version
    assert faces.class_names == photographs.class_names
    assert faces.splits == photographs.splits == ("train",)
    ours, theirs = faces.faces("train"), photographs.faces("train")
    assert (ours.labels == theirs.labels).all()
    assert (ours.rows == theirs.rows).all()
    assert (ours.subjects == theirs.subjects).all()
    assert {*ours.subjects} == {key[0] for key in fake_files.SEQUENCES}


def test_the_card_of_a_record_counts_the_outcomes(backend, manual, tmp_path):
    assert prepare.prepare(NAME, tmp_path, manual).crops == {"train": COUNTS}
    datasets = Datasets(tmp_path)
    card = json.loads(json.dumps(datasets.card(NAME, ["train"], ())))
    assert card["faces"] == {"train": COUNTS}
    assert card["images"] == {"train": 28}
    assert "faces" not in datasets.card(PHOTOGRAPHS, ["train"], ())


@pytest.mark.skipif(
    not has_tensorflow(), reason="TFDS prepares with TensorFlow"
)
def test_both_ways_write_the_same(manual, tmp_path, monkeypatch):
    prepare.prepare(NAME, tmp_path / "tfds", manual)
    without_tensorflow(monkeypatch)
    prepare.prepare(NAME, tmp_path / "npz", manual)
    of_tfds, of_npz = (
        np.load(npz_path(NAME, tmp_path / way)) for way in ("tfds", "npz")
    )
    assert {*of_tfds} == {*of_npz}
    for key in of_tfds:
        assert (of_tfds[key] == of_npz[key]).all()


def test_faces_that_are_missing_are_named_with_the_command(backend, tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        open_dataset(NAME, tmp_path)
    assert str(error.value) == (
        f"{tmp_path / 'ck_plus-mohana2023-faces48.npz'} is missing. "
        f"Run: ferkeras prepare {NAME} --manual-dir FOLDER"
    )
    with pytest.raises(FileNotFoundError):
        Datasets(tmp_path).source(NAME)


@pytest.mark.parametrize("size", ["", "0", "048", "x", "-1"])
def test_faces_of_no_size_are_no_dataset(size, tmp_path):
    with pytest.raises(ValueError, match="ck_plus has the configs mohana2023"):
        prepare.prepare(f"{PHOTOGRAPHS}/faces{size}", tmp_path)


@pytest.mark.parametrize(
    "name,message",
    [
        ("kdef/faces0", "kdef has no configs. Received"),
        ("own/my.photos", "own/NAME, of letters, digits, _ and -"),
    ],
)
def test_a_name_that_is_none_is_told_what_there_is(name, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        prepare.prepare(name, tmp_path)


def test_the_default_config_opens_by_the_name_that_was_asked_for(
    manual, tmp_path, monkeypatch
):
    without_tensorflow(monkeypatch)
    command(tmp_path, manual, "ck_plus/faces32")
    faces = open_dataset("ck_plus/faces32", tmp_path).faces("train")
    assert faces.images.shape == (28, 32, 32, 1)


@pytest.mark.filterwarnings("ignore")
def test_photographs_kept_as_pixels_are_cropped_too(tmp_path, monkeypatch):
    from tfds_builders.jaffe import fake_files

    without_tensorflow(monkeypatch)
    fake_files.write(tmp_path / "manual")
    source = prepare.prepare("jaffe/faces48", tmp_path, tmp_path / "manual")
    assert source.faces("train").images.shape == (7, 48, 48, 1)
    assert sum(source.crops["train"].values()) == 7


@pytest.mark.any_backend
def test_faces_are_not_cut_out_of_faces(tmp_path, monkeypatch):
    without_tensorflow(monkeypatch)
    dataset = "synthetic_faces/demo/faces48"
    with pytest.raises(SystemExit) as error:
        __main__.main(["prepare", dataset, "--data-dir", str(tmp_path)])
    assert str(error.value) == (
        "ferkeras: synthetic_faces/demo: no image is larger than faces of 48 "
        "x 48 pixels. Train on the images as they are, or cut out smaller ones."
    )
    assert not npz_path(dataset, tmp_path).exists()


def test_a_damaged_image_is_named_and_the_file_before_stays(
    backend, manual, tmp_path
):
    damaged = tmp_path / "manual"
    shutil.copytree(manual, damaged)
    path = taken(damaged)[5]
    file = path.read_bytes()
    # Both ends are there.
    path.write_bytes(file[:100] + file[-12:])

    written = npz_path(NAME, tmp_path)
    written.write_bytes(b"before")
    with pytest.raises(SystemExit, match=f"1 cut short or .*{path.name}"):
        command(tmp_path, damaged)
    assert written.read_bytes() == b"before"
    assert not list(tmp_path.glob("*.tmp"))


@pytest.mark.any_backend
def test_a_kill_leaves_no_half_of_a_file(manual, tmp_path, monkeypatch):
    code = (
        "import os, signal\n"
        "from ferkeras.data import npz_write\n"
        "from reproductions.commands import prepare\n"
        "prepare.has_tensorflow = lambda: False\n"
        "put = npz_write.put\n"
        "def killed(archive, name, array):\n"
        "    put(archive, name, array)\n"
        "    if name == 'crops':\n"
        "        archive.fp.flush()\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "npz_write.put = killed\n"
        f"prepare.prepare({NAME!r}, {str(tmp_path)!r}, {str(manual)!r})\n"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code])
    assert done.returncode == -signal.SIGKILL
    assert open_npz(PHOTOGRAPHS, tmp_path).faces("train").encoded
    with pytest.raises(FileNotFoundError):
        Datasets(tmp_path).source(NAME)

    (left,) = tmp_path.glob("*.tmp")
    os.utime(left, (0, 0))
    without_tensorflow(monkeypatch)
    command(tmp_path, manual)
    assert open_npz(NAME, tmp_path).crops == {"train": COUNTS}
    assert sorted(os.listdir(tmp_path)) == [
        "ck_plus-mohana2023-faces48.npz",
        "ck_plus-mohana2023.npz",
    ]
