"""What `prepare` says of files left out, lost or missing, and a full disk."""

import errno
import os

import pytest

from ferkeras import dataset_names
from ferkeras.data import Datasets, has_tensorflow, npz_path, npz_write
from ferkeras.data import prepared as prepared_datasets
from ferkeras.data.npz import open_npz
from ferkeras.dataset_names import is_prepared
from reproductions import __main__
from reproductions.commands import prepare
from tests.commands.own_images_test import write

NAME = "synthetic_faces/demo"


@pytest.fixture(params=["tfds", "npz"])
def way(request, monkeypatch):
    """With TensorFlow, and without."""
    if request.param == "npz":
        for module in (prepare, prepared_datasets, dataset_names):
            monkeypatch.setattr(module, "has_tensorflow", lambda: False)
    elif not has_tensorflow():
        pytest.skip("TFDS prepares with TensorFlow")


@pytest.mark.usefixtures("way")
@pytest.mark.filterwarnings("ignore:.*images", "ignore:.*side files")
def test_what_was_left_out_is_in_the_record(tmp_path):
    from tfds_builders.kdef import fake_files

    fake_files.write(tmp_path / "manual")
    prepare.prepare("kdef", tmp_path, tmp_path / "manual")
    if prepare.has_tensorflow():
        # Where no folder is named, what is there is taken.
        prepare.prepare("kdef", tmp_path)
    notes = Datasets(tmp_path).card("kdef", ["train"], ())["notes"]
    assert notes == {
        "side files of systems and programs, passed over": 3,
        "images are left out, as their names are not of the form "
        "AF01ANFL.JPG": 2,
    }


@pytest.mark.usefixtures("way")
@pytest.mark.filterwarnings("ignore:.*images", "ignore:.*side files")
def test_files_are_read_again_and_what_is_there_stays_until_all_are(tmp_path):
    from tfds_builders.kdef import fake_files

    manual = tmp_path / "manual"
    fake_files.write(manual)
    data = tmp_path / "data"
    kept = prepare.prepare("kdef", data, manual, npz=True).faces("train")
    whole, pixels = len(kept.labels), kept.resized(16).images
    # The same files again take nothing from who is reading.
    if prepare.has_tensorflow():
        packed = open_npz("kdef", data).faces("train").resized(16).images
        prepare.prepare("kdef", data)
        prepare.prepare("kdef", data, manual)
        assert pixels[0].any() and packed[0].any()
    gone = next(manual.rglob("AF01ANS.JPG"))
    content = gone.read_bytes()
    gone.unlink()
    fewer = prepare.prepare("kdef", data, manual).faces("train").labels
    assert len(fewer) == whole - 1
    assert len(open_npz("kdef", data).faces("train").labels) == whole - 1
    gone.write_bytes(content[:100])
    with pytest.raises(ValueError, match="AF01ANS.JPG"):
        prepare.prepare("kdef", data, manual)
    assert len(Datasets(data).source("kdef").faces("train").labels) == whole - 1
    assert not list(data.rglob("preparing-*"))


@pytest.mark.usefixtures("way")
@pytest.mark.filterwarnings("ignore:.*images", "ignore:.*side files")
def test_a_file_that_goes_while_it_is_read_is_named(tmp_path, monkeypatch):
    from tfds_builders.kdef import fake_files
    from tfds_builders.kdef import reader as kdef

    fake_files.write(tmp_path / "manual")
    read = kdef.read

    def read_and_lose(*arguments):
        splits = read(*arguments)
        splits["train"]["image"][1].unlink()
        return splits

    monkeypatch.setattr(kdef, "read", read_and_lose)
    words = ["--manual-dir", str(tmp_path / "manual")]
    words += ["--data-dir", str(tmp_path / "data")]
    with pytest.raises(SystemExit, match="AF01ANS.JPG") as stop:
        __main__.main(["prepare", "kdef", *words])
    assert "\n" not in str(stop.value)
    assert not is_prepared("kdef", tmp_path / "data")


@pytest.mark.any_backend
@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_leaves_nothing_and_says_how_much_is_needed(
    tmp_path, monkeypatch, code
):
    def full(*_, **__):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(npz_write, "put", full)
    if has_tensorflow():
        from tensorflow_datasets.core import writer

        monkeypatch.setattr(writer.Writer, "write", full)
    folder = write(tmp_path / "manual", {"train": 2, "test": 1})
    with pytest.raises(
        OSError, match="own-desk.npz: the disk is full: it takes"
    ):
        prepare.prepare("own/desk", tmp_path / "data", folder)
    message = (
        r"the disk is full: it takes up to 1.5 MB, and [0-9,.]+ MB are free"
    )
    with pytest.raises(OSError, match=message):
        prepare.prepare(NAME, tmp_path / "data")
    assert not is_prepared(NAME, tmp_path / "data")
    left = (x for x in tmp_path.glob("data/**/*") if x.is_file())
    assert [x.name for x in left if x.name != "metadata.json"] == []


@pytest.mark.parametrize(
    "dataset,message",
    [
        (
            "fer2014",
            "affectnet, ck_plus, fer2013, ferplus, jaffe, kdef, raf_db, "
            "synthetic_faces. Received: 'fer2014'",
        ),
        ("ferplus/mine", "half, majority. Received: 'ferplus/mine'"),
    ],
)
def test_an_unknown_dataset_is_refused_with_the_known_ones(dataset, message):
    with pytest.raises(ValueError, match=message):
        prepare.prepare(dataset, "nowhere")


def test_a_missing_folder_of_files_is_named(tmp_path):
    words = ["prepare", "ferplus", "--manual-dir", str(tmp_path / "none")]
    with pytest.raises(SystemExit, match="There is no folder .*none"):
        __main__.main([*words, "--data-dir", str(tmp_path)])


def test_missing_files_are_named_and_nothing_is_left(tmp_path):
    manual = tmp_path / "manual"
    manual.mkdir()
    (manual / "readme.txt").touch()
    words = ["prepare", "ferplus/half", "--manual-dir", str(manual)]
    with pytest.raises(SystemExit, match="fer2013.csv"):
        __main__.main([*words, "--data-dir", str(tmp_path / "data")])
    assert not npz_path("ferplus/half", tmp_path / "data").exists()
    assert not list(tmp_path.glob("data/ferplus/half/*"))
