"""Tests of preparing FER2013 with TFDS."""

import pathlib
import tempfile
from unittest import mock

import numpy as np
import pytest

tfds = pytest.importorskip("tensorflow_datasets")

from tfds_builders.fer2013 import fake_files, fer2013_dataset_builder, reader  # noqa: E402


class Fer2013Test(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = fer2013_dataset_builder.Builder
    SPLITS = {"train": 3, "validation": 2, "test": 2}

    @classmethod
    def setUpClass(cls):
        for name in ("ROWS", "PUBLISHED"):
            cls.enterClassContext(
                mock.patch.object(reader, name, getattr(fake_files, name))
            )
        cls.EXAMPLE_DIR = cls.enterClassContext(tempfile.TemporaryDirectory())
        fake_files.write(pathlib.Path(cls.EXAMPLE_DIR))
        super().setUpClass()


@pytest.fixture
def manual_dir(tmp_path, monkeypatch):
    for name in ("ROWS", "PUBLISHED"):
        monkeypatch.setattr(reader, name, getattr(fake_files, name))
    folder = tmp_path / "manual"
    folder.mkdir()
    fake_files.write(folder)
    return folder


@pytest.fixture
def data_dir(tmp_path):
    return tmp_path / "data"


def prepare(data_dir, manual_dir):
    builder = fer2013_dataset_builder.Builder(data_dir=data_dir)
    config = tfds.download.DownloadConfig(manual_dir=manual_dir)
    builder.download_and_prepare(download_config=config)
    return builder


def test_prepared_arrays_equal_those_read_and_keep_their_order(
    data_dir, manual_dir
):
    builder = prepare(data_dir, manual_dir)
    # So few rows could keep their order by chance.
    assert builder.info.disable_shuffling
    for split, columns in reader.read(None, manual_dir).items():
        examples = list(tfds.as_numpy(builder.as_dataset(split=split)))
        for name, column in columns.items():
            found = np.stack([example[name] for example in examples])
            np.testing.assert_array_equal(found, column, strict=True)


def test_labels_carry_the_class_names(data_dir):
    builder = fer2013_dataset_builder.Builder(data_dir=data_dir)
    assert tuple(builder.info.features["label"].names) == reader.CLASS_NAMES


def test_bad_file_leaves_nothing_and_a_good_one_prepares_later(
    data_dir, manual_dir
):
    lines = fake_files.lines()
    fake_files.write(manual_dir, [*lines[:-1], "0,1 2 3,Training"])
    with pytest.raises(ValueError, match="line 8: .*Received: 3 values"):
        prepare(data_dir, manual_dir)
    assert not [path for path in data_dir.rglob("*") if path.is_file()]
    assert not list(data_dir.rglob("*incomplete*"))

    fake_files.write(manual_dir)
    builder = prepare(data_dir, manual_dir)
    assert builder.info.splits["train"].num_examples == 3


def test_missing_file_is_named(data_dir, manual_dir):
    (manual_dir / reader.FILE).rename(manual_dir / "train.csv")
    with pytest.raises(FileNotFoundError, match="fer2013.csv: .*Download"):
        prepare(data_dir, manual_dir)
