"""Tests of preparing RAF-DB with TFDS."""

import pathlib
import tempfile
from unittest import mock

import numpy as np
import pytest

tfds = pytest.importorskip("tensorflow_datasets")

from tfds_builders.raf_db import fake_files, raf_db_dataset_builder, reader  # noqa: E402


class Faked:
    """What the tests of both layouts share."""

    DATASET_CLASS = raf_db_dataset_builder.Builder
    SPLITS = {"train": 8, "test": 4}

    @classmethod
    def setUpClass(cls):
        patches = {
            "PUBLISHED": fake_files.counts(),
            "published_names": fake_files.names,
        }
        cls.enterClassContext(mock.patch.multiple(reader, **patches))
        cls.EXAMPLE_DIR = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.write(pathlib.Path(cls.EXAMPLE_DIR))
        super().setUpClass()


class OfficialTest(Faked, tfds.testing.DatasetBuilderTestCase):
    write = staticmethod(fake_files.write_official)


class MirrorTest(Faked, tfds.testing.DatasetBuilderTestCase):
    write = staticmethod(fake_files.write_mirror)


@pytest.fixture
def manual_dir(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "PUBLISHED", fake_files.counts())
    monkeypatch.setattr(reader, "published_names", fake_files.names)
    folder = tmp_path / "manual"
    fake_files.write_official(folder)
    return folder


@pytest.fixture
def data_dir(tmp_path):
    return tmp_path / "data"


def prepare(data_dir, manual_dir):
    builder = raf_db_dataset_builder.Builder(data_dir=data_dir)
    config = tfds.download.DownloadConfig(manual_dir=manual_dir)
    builder.download_and_prepare(download_config=config)
    return builder


def test_prepared_examples_are_those_read_and_keep_their_order(
    data_dir, manual_dir
):
    builder = prepare(data_dir, manual_dir)
    # So few rows could keep their order by chance.
    assert builder.info.disable_shuffling
    found = []
    for split in ("train", "test"):
        examples = tfds.as_numpy(
            builder.as_dataset(
                split=split,
                batch_size=-1,
                decoders={"image": tfds.decode.SkipDecoding()},
            )
        )
        columns = reader.read(None, manual_dir)[split]
        paths = columns.pop("image")
        stored = examples.pop("image").tolist()
        assert stored == [path.read_bytes() for path in paths]
        assert len(set(stored)) == len(paths)
        assert examples.keys() == columns.keys()
        for name, column in columns.items():
            np.testing.assert_array_equal(examples[name], column)
        sizes = examples["original_height"], examples["original_width"]
        found += zip(*sizes, strict=True)
    assert found == [tuple(size) for _, *size in fake_files.IMAGES.values()]


def test_images_decode_upright_and_in_colour(data_dir, manual_dir):
    builder = prepare(data_dir, manual_dir)
    for example in tfds.as_numpy(builder.as_dataset(split="test")):
        assert example["image"].shape == (40, 40, 3)
        assert example["image"].dtype == np.uint8
        red, _, blue = example["image"].mean(axis=(0, 1))
        # The drawn faces have half as much blue as red.
        np.testing.assert_allclose(blue / red, 0.5, atol=0.05)


def test_labels_carry_their_names(data_dir):
    features = raf_db_dataset_builder.Builder(data_dir=data_dir).info.features
    assert tuple(features["label"].names) == reader.CLASS_NAMES


def test_broken_file_leaves_nothing_and_a_good_one_prepares_later(
    data_dir, manual_dir
):
    path = manual_dir / "basic/Image/aligned/test_0001_aligned.jpg"
    path.write_bytes(b"")
    with pytest.raises(ValueError, match="empty: .*test_0001_aligned.jpg"):
        prepare(data_dir, manual_dir)
    assert not [path for path in data_dir.rglob("*") if path.is_file()]
    assert not list(data_dir.rglob("*incomplete*"))

    fake_files.write_official(manual_dir)
    builder = prepare(data_dir, manual_dir)
    assert builder.info.splits["train"].num_examples == 8


def test_missing_list_is_named(data_dir, manual_dir):
    (manual_dir / "basic/EmoLabel/list_patition_label.txt").unlink()
    message = "EmoLabel/list_patition_label.txt or .*Ask for"
    with pytest.raises(FileNotFoundError, match=message):
        prepare(data_dir, manual_dir)
