"""Tests of preparing KDEF with TFDS."""

import pathlib
import tempfile
from unittest import mock

import numpy as np
import pytest

tfds = pytest.importorskip("tensorflow_datasets")

from tfds_builders.kdef import fake_files, kdef_dataset_builder, reader  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore:.* images are left out")


class KdefTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = kdef_dataset_builder.Builder
    SPLITS = {"train": 7}

    @classmethod
    def setUpClass(cls):
        cls.enterClassContext(
            mock.patch.object(reader, "PUBLISHED", fake_files.PUBLISHED)
        )
        cls.EXAMPLE_DIR = cls.enterClassContext(tempfile.TemporaryDirectory())
        fake_files.write(pathlib.Path(cls.EXAMPLE_DIR))
        super().setUpClass()


@pytest.fixture
def manual_dir(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "PUBLISHED", fake_files.PUBLISHED)
    folder = tmp_path / "manual"
    folder.mkdir()
    fake_files.write(folder)
    return folder


@pytest.fixture
def data_dir(tmp_path):
    return tmp_path / "data"


def prepare(data_dir, manual_dir):
    builder = kdef_dataset_builder.Builder(data_dir=data_dir)
    config = tfds.download.DownloadConfig(manual_dir=manual_dir)
    builder.download_and_prepare(download_config=config)
    return builder


def test_prepared_examples_are_those_read_and_keep_their_order(
    data_dir, manual_dir
):
    builder = prepare(data_dir, manual_dir)
    # So few rows could keep their order by chance.
    assert builder.info.disable_shuffling
    features = builder.info.features
    examples = tfds.as_numpy(builder.as_dataset(split="train"))
    found = [
        (
            example["row"],
            features["label"].int2str(example["label"]),
            example["subject"].decode(),
            features["session"].int2str(example["session"]),
            features["angle"].int2str(example["angle"]),
        )
        for example in examples
    ]
    assert found == list(fake_files.IMAGES.values())


def test_stored_bytes_are_those_of_the_files(data_dir, manual_dir):
    builder = prepare(data_dir, manual_dir)
    examples = tfds.as_numpy(
        builder.as_dataset(
            split="train", decoders={"image": tfds.decode.SkipDecoding()}
        )
    )
    stored = [example["image"] for example in examples]
    paths = reader.read(None, manual_dir)["train"]["image"]
    assert stored == [path.read_bytes() for path in paths]
    assert len(set(stored)) == 7


def test_images_decode_upright_and_in_colour(data_dir, manual_dir):
    builder = prepare(data_dir, manual_dir)
    for example in tfds.as_numpy(builder.as_dataset(split="train")):
        assert example["image"].shape == (60, 44, 3)
        assert example["image"].dtype == np.uint8
        red, _, blue = example["image"].mean(axis=(0, 1))
        # The drawn faces have half as much blue as red.
        np.testing.assert_allclose(blue / red, 0.5, atol=0.05)


def test_codes_carry_their_names(data_dir):
    features = kdef_dataset_builder.Builder(data_dir=data_dir).info.features
    assert tuple(features["label"].names) == reader.CLASS_NAMES
    assert features["session"].names == ["A", "B"]
    assert features["angle"].names == ["FL", "HL", "S", "HR", "FR"]


def test_broken_file_leaves_nothing_and_a_good_one_prepares_later(
    data_dir, manual_dir
):
    path = manual_dir / "KDEF" / "AF01" / "AF01ANS.JPG"
    path.write_bytes(b"")
    with pytest.raises(ValueError, match="empty: AF01/AF01ANS.JPG"):
        prepare(data_dir, manual_dir)
    assert not [path for path in data_dir.rglob("*") if path.is_file()]
    assert not list(data_dir.rglob("*incomplete*"))

    fake_files.write(manual_dir)
    builder = prepare(data_dir, manual_dir)
    assert builder.info.splits["train"].num_examples == 7


def test_missing_images_are_named(data_dir, manual_dir):
    for path in manual_dir.rglob("*.[jJ]*"):
        path.unlink()
    with pytest.raises(FileNotFoundError, match="AF01ANFL.JPG here. Download"):
        prepare(data_dir, manual_dir)
