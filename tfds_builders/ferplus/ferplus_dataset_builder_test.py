"""Tests of preparing FER+ with TFDS."""

import pathlib
import tempfile
from unittest import mock

import numpy as np
import pytest

tfds = pytest.importorskip("tensorflow_datasets")

from tfds_builders.fer2013 import fake_files as fer2013_files  # noqa: E402
from tfds_builders.fer2013 import reader as fer2013  # noqa: E402
from tfds_builders.ferplus import fake_files, ferplus_dataset_builder, reader  # noqa: E402


class FerplusTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = ferplus_dataset_builder.Builder
    SPLITS = {"train": 2, "validation": 2, "test": 2}

    @classmethod
    def setUpClass(cls):
        cls.enterClassContext(
            mock.patch.object(fer2013, "ROWS", fer2013_files.ROWS)
        )
        cls.EXAMPLE_DIR = cls.enterClassContext(tempfile.TemporaryDirectory())
        fake_files.write(pathlib.Path(cls.EXAMPLE_DIR))
        super().setUpClass()


@pytest.fixture
def manual_dir(tmp_path, monkeypatch):
    monkeypatch.setattr(fer2013, "ROWS", fer2013_files.ROWS)
    folder = tmp_path / "manual"
    folder.mkdir()
    fake_files.write(folder)
    return folder


@pytest.fixture
def data_dir(tmp_path):
    return tmp_path / "data"


def prepare(data_dir, manual_dir, rule=None):
    builder = ferplus_dataset_builder.Builder(data_dir=data_dir, config=rule)
    config = tfds.download.DownloadConfig(manual_dir=manual_dir)
    builder.download_and_prepare(download_config=config)
    return builder


def test_prepared_arrays_equal_those_read_and_keep_their_order(
    data_dir, manual_dir
):
    builder = prepare(data_dir, manual_dir, "half")
    # So few rows could keep their order by chance.
    assert builder.info.disable_shuffling
    for split, columns in reader.read("half", manual_dir).items():
        examples = list(tfds.as_numpy(builder.as_dataset(split=split)))
        for name, column in columns.items():
            found = np.stack([example[name] for example in examples])
            np.testing.assert_array_equal(found, column, strict=True)


@pytest.mark.parametrize("rule, rows", [("plurality", 2), ("majority", 1)])
def test_config_chooses_the_rule(data_dir, manual_dir, rule, rows):
    lines = fake_files.lines()
    lines[1] = "Training,fer0000000.png,4,0,0,3,3,0,0,0,0,0"
    fake_files.write(manual_dir, lines)
    builder = prepare(data_dir, manual_dir, rule)
    assert builder.info.full_name == f"ferplus/{rule}/1.0.0"
    assert builder.info.splits["train"].num_examples == rows


def test_default_config_is_plurality(data_dir):
    builder = ferplus_dataset_builder.Builder(data_dir=data_dir)
    assert builder.builder_config.name == reader.DEFAULT_CONFIG == "plurality"


def test_labels_carry_the_class_names(data_dir):
    builder = ferplus_dataset_builder.Builder(data_dir=data_dir)
    assert tuple(builder.info.features["label"].names) == reader.CLASS_NAMES


def test_bad_file_leaves_nothing_and_a_good_one_prepares_later(
    data_dir, manual_dir
):
    lines = fake_files.lines()
    fake_files.write(manual_dir, [*lines[:-1], lines[-1].replace("8", "x")])
    with pytest.raises(ValueError, match="line 8: .*Received: .*,x,"):
        prepare(data_dir, manual_dir)
    # TFDS lists the names of the configs in `.config` before it prepares one.
    left = [path for path in data_dir.rglob("*") if path.is_file()]
    assert {path.parent.name for path in left} <= {".config"}
    assert not list(data_dir.rglob("*incomplete*"))

    fake_files.write(manual_dir)
    builder = prepare(data_dir, manual_dir)
    assert builder.info.splits["train"].num_examples == 2


def test_missing_file_is_named(data_dir, manual_dir):
    (manual_dir / reader.FILE).unlink()
    with pytest.raises(FileNotFoundError, match="fer2013new.csv: .*Download"):
        prepare(data_dir, manual_dir)
