"""What is prepared, by TFDS or without it, is what the reader gave."""

import sys

import numpy as np
import pytest

from ferkeras import dataset_names
from ferkeras.data import (
    Faces,
    Source,
    has_tensorflow,
    npz_path,
    npz_write,
    open_dataset,
)
from ferkeras.data.encoded import EncodedImages, OnDisk
from ferkeras.data.npz import open_npz
from ferkeras.dataset_names import is_prepared
from reproductions import __main__
from reproductions.commands import prepare
from tests.scenes import encoded
from tfds_builders.synthetic_faces import reader

NAME = "synthetic_faces/demo"
needs_tensorflow = pytest.mark.skipif(
    not has_tensorflow(), reason="TFDS prepares with TensorFlow"
)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """The demo's faces, prepared by every way this machine has."""
    folder = tmp_path_factory.mktemp("data")
    return folder, prepare.prepare(NAME, folder, npz=True)


def test_what_is_prepared_is_known_without_opening_it(prepared, monkeypatch):
    folder, _ = prepared
    assert is_prepared(NAME, folder)
    for name in ("ferplus/half", "synthetic_faces", f"{NAME}/faces24"):
        assert not is_prepared(name, folder)
        with pytest.raises(FileNotFoundError):
            open_dataset(name, folder)
    monkeypatch.setattr(dataset_names, "has_tensorflow", lambda: False)
    assert is_prepared(NAME, folder)
    npz_path(NAME, folder).rename(folder / "away")
    assert not is_prepared(NAME, folder)
    (folder / "away").rename(npz_path(NAME, folder))


def test_what_is_read_equals_what_the_reader_drew(prepared):
    _, source = prepared
    drawn = reader.read("demo")
    for split in ("train", "validation", "test"):
        faces = source.faces(split)
        assert (faces.images == drawn[split]["image"]).all()
        assert (faces.labels == drawn[split]["label"]).all()
        assert (faces.rows == drawn[split]["row"]).all()


@needs_tensorflow
def test_npz_holds_what_tfds_prepared(prepared):
    folder, source = prepared
    npz = open_npz(NAME, folder)
    assert npz.class_names == source.class_names
    assert npz.version == source.version
    for split in npz.splits:
        assert npz.faces(split).fingerprint == source.faces(split).fingerprint


@needs_tensorflow
def test_without_tensorflow_the_reader_writes_the_same_npz(
    prepared, tmp_path, monkeypatch
):
    _, source = prepared
    monkeypatch.setattr(prepare, "has_tensorflow", lambda: False)
    prepare.prepare(NAME, tmp_path)
    npz = open_npz(NAME, tmp_path)
    for split in npz.splits:
        assert npz.faces(split).fingerprint == source.faces(split).fingerprint


def written(folder, files):
    """What `open_npz` has of such files; and what was written."""
    images = EncodedImages(lambda: ((x, None) for x in files), len(files))
    count = len(files)
    faces = Faces(images, np.zeros(count, int), np.arange(count))
    source = Source("own/few", "1.0.0", ("a",), ("train",), lambda split: faces)
    npz_write.write_npz(source, npz_path("own/few", folder))
    return open_npz("own/few", folder).faces("train"), faces


def test_image_files_come_back_one_after_the_other(tmp_path):
    found, faces = written(tmp_path, [b"first", b"", b"the third"])
    files = found.images.read()
    assert [next(files)[0] for _ in range(3)] == [b"first", b"", b"the third"]
    assert found.fingerprint == faces.fingerprint


def test_pixels_are_those_of_the_file_as_it_is(tmp_path):
    path = npz_path("own/few", tmp_path)
    for shade in (0, 255):
        file = encoded(np.full((9, 9), shade, np.uint8))
        found, _ = written(tmp_path, [file])
        pixels = found.resized(4).images
        assert isinstance(pixels, OnDisk)
        assert (pixels[:] == shade).all()
        path.rename(tmp_path / f"{shade}.npz")
    # Another that was copied here.
    (tmp_path / "0.npz").rename(path)
    found = open_npz("own/few", tmp_path).faces("train")
    assert (found.resized(4).images[:] == 0).all()


@needs_tensorflow
@pytest.mark.filterwarnings("ignore:.*images")
def test_files_of_images_come_out_of_tfds_and_npz_as_published(
    tmp_path, monkeypatch
):
    from tfds_builders.kdef import fake_files

    fake_files.write(tmp_path / "manual")
    manual = tmp_path / "manual"
    prepare.prepare("kdef", tmp_path / "tfds", manual, npz=True)
    monkeypatch.setattr(prepare, "has_tensorflow", lambda: False)
    prepare.prepare("kdef", tmp_path / "npz", manual)
    ways = [
        open_dataset("kdef", tmp_path / "tfds").faces("train"),
        open_npz("kdef", tmp_path / "tfds").faces("train"),
        open_npz("kdef", tmp_path / "npz").faces("train"),
    ]
    files = sorted((tmp_path / "manual").rglob("*.[jJ][pP][gG]"))
    published = {file.read_bytes() for file in files}
    for faces in ways:
        assert faces.encoded and {*faces.images} <= published
        assert faces.subjects.tolist() == [
            subject for _, _, subject, *_ in fake_files.IMAGES.values()
        ]
        assert faces.fingerprint == ways[0].fingerprint
        assert (faces.rows == [r for r, *_ in fake_files.IMAGES.values()]).all()


@pytest.mark.filterwarnings("ignore")
def test_without_tensorflow_a_config_may_have_classes_of_its_own(
    tmp_path, monkeypatch
):
    from tfds_builders.ck_plus import fake_files
    from tfds_builders.ck_plus import reader as ck_plus

    monkeypatch.setattr(prepare, "has_tensorflow", lambda: False)
    fake_files.write_original(tmp_path / "manual")
    for config, classes in (("mohana2023", 7), ("mohana2023_neutral", 8)):
        dataset = f"ck_plus/{config}"
        prepare.prepare(dataset, tmp_path, tmp_path / "manual")
        source = open_npz(dataset, tmp_path)
        assert source.class_names == tuple(ck_plus.CLASS_NAMES[config])
        assert len(source.class_names) == classes
        assert source.faces("train").encoded


def test_the_command_prints_counts_and_fingerprints(prepared, tmp_path, capsys):
    folder, source = prepared
    __main__.main(["prepare", NAME, "--data-dir", str(folder)])
    printed = capsys.readouterr().out
    fingerprint = source.faces("test").fingerprint
    assert f"test: 160 images, fingerprint {fingerprint}" in printed


def test_the_command_says_how_many_images_training_has_too(
    tmp_path, capsys, monkeypatch
):
    parts = {"train": [0, 1, 2], "validation": [1, 2, 3], "test": [4, 5, 6]}

    def read(split):
        images = np.uint8(parts[split])[:, None, None, None]
        return Faces(images, np.zeros(3, int), np.arange(3))

    source = Source("own/x", "1.0.0", ("a",), tuple(parts), read)
    monkeypatch.setattr(prepare, "prepare", lambda *_: source)
    __main__.main(["prepare", "own/x", "--data-dir", str(tmp_path)])
    printed = capsys.readouterr().out.splitlines()
    assert " images, 2 of them in train too, fingerprint " in printed[1]
    assert not any("train too" in line for line in printed[::2])


def test_readers_need_no_tensorflow():
    import subprocess

    code = (
        "import sys; sys.modules['tensorflow'] = None\n"
        "sys.modules['tensorflow_datasets'] = None\n"
        "from tfds_builders.fer2013 import reader\n"
        "from tfds_builders.ferplus import reader\n"
        "from tfds_builders.affectnet import reader\n"
        "from tfds_builders.ck_plus import reader\n"
        "from tfds_builders.jaffe import reader\n"
        "from tfds_builders.kdef import reader\n"
        "from tfds_builders.raf_db import reader\n"
        "from tfds_builders.synthetic_faces import reader\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_drawn_faces_have_the_ferplus_classes():
    from tfds_builders.ferplus import reader as ferplus

    assert tuple(reader.CLASS_NAMES) == tuple(ferplus.CLASS_NAMES)
    assert np.unique(reader.read("demo")["test"]["label"]).tolist() == list(
        range(8)
    )
