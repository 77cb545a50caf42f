"""Tests of preparing JAFFE with TFDS."""

import pathlib
import tempfile
from unittest import mock

import numpy as np
import pytest

tfds = pytest.importorskip("tensorflow_datasets")

from tfds_builders.jaffe import fake_files, jaffe_dataset_builder, reader  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore:.* images are left out")


class JaffeTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = jaffe_dataset_builder.Builder
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
    fake_files.write(folder / reader.FOLDER)
    return folder


@pytest.fixture
def data_dir(tmp_path):
    return tmp_path / "data"


def prepare(data_dir, manual_dir):
    builder = jaffe_dataset_builder.Builder(data_dir=data_dir)
    config = tfds.download.DownloadConfig(manual_dir=manual_dir)
    builder.download_and_prepare(download_config=config)
    return builder


def test_prepared_arrays_equal_those_read_and_keep_their_order(
    data_dir, manual_dir
):
    builder = prepare(data_dir, manual_dir)
    # So few rows could keep their order by chance.
    assert builder.info.disable_shuffling
    examples = list(tfds.as_numpy(builder.as_dataset(split="train")))
    columns = reader.read(None, manual_dir)["train"]
    subjects = [example["subject"].decode() for example in examples]
    assert subjects == columns.pop("subject").tolist()
    for name, column in columns.items():
        found = np.stack([example[name] for example in examples])
        np.testing.assert_array_equal(found, column, strict=True)


def test_labels_carry_the_class_names(data_dir):
    builder = jaffe_dataset_builder.Builder(data_dir=data_dir)
    assert tuple(builder.info.features["label"].names) == reader.CLASS_NAMES


def test_broken_file_leaves_nothing_and_a_good_one_prepares_later(
    data_dir, manual_dir
):
    (manual_dir / "jaffe" / "KA.AN1.39.tiff").write_bytes(b"")
    with pytest.raises(ValueError, match="empty: KA.AN1.39.tiff"):
        prepare(data_dir, manual_dir)
    assert not [path for path in data_dir.rglob("*") if path.is_file()]
    assert not list(data_dir.rglob("*incomplete*"))

    fake_files.write(manual_dir / "jaffe")
    builder = prepare(data_dir, manual_dir)
    assert builder.info.splits["train"].num_examples == 7


def test_missing_images_are_named(data_dir, manual_dir):
    for path in manual_dir.rglob("*.[tT]*"):
        path.unlink()
    with pytest.raises(FileNotFoundError, match="KA.AN1.39.tiff here. Ask"):
        prepare(data_dir, manual_dir)
