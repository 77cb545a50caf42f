"""Tests of preparing CK+ with TFDS."""

import pathlib
import tempfile
from unittest import mock

import numpy as np
import pytest

tfds = pytest.importorskip("tensorflow_datasets")

from tfds_builders.ck_plus import (  # noqa: E402
    ck_plus_dataset_builder,
    fake_files,
    original,
    reader,
)


class Faked:
    """What the tests of all configs share."""

    DATASET_CLASS = ck_plus_dataset_builder.Builder

    @classmethod
    def setUpClass(cls):
        cls.enterClassContext(
            mock.patch.object(reader, "PUBLISHED", fake_files.PUBLISHED)
        )
        cls.EXAMPLE_DIR = cls.enterClassContext(tempfile.TemporaryDirectory())
        fake_files.write_original(pathlib.Path(cls.EXAMPLE_DIR))
        fake_files.write_mirror(pathlib.Path(cls.EXAMPLE_DIR))
        super().setUpClass()


class Mohana2023Test(Faked, tfds.testing.DatasetBuilderTestCase):
    BUILDER_CONFIG_NAMES_TO_TEST = ["mohana2023"]
    SPLITS = {"train": 7 * 4}


class Mohana2023NeutralTest(Faked, tfds.testing.DatasetBuilderTestCase):
    BUILDER_CONFIG_NAMES_TO_TEST = ["mohana2023_neutral"]
    SPLITS = {"train": 7 * 5}


class Falahzadeh2021Test(Faked, tfds.testing.DatasetBuilderTestCase):
    BUILDER_CONFIG_NAMES_TO_TEST = ["falahzadeh2021"]
    SPLITS = {"train": 6 * 4}


class Falahzadeh2021PeakTest(Faked, tfds.testing.DatasetBuilderTestCase):
    BUILDER_CONFIG_NAMES_TO_TEST = ["falahzadeh2021_peak"]
    SPLITS = {"train": 6 * 2}


class Ck48Test(Faked, tfds.testing.DatasetBuilderTestCase):
    BUILDER_CONFIG_NAMES_TO_TEST = ["ck48"]
    SPLITS = {"train": 7 * 3}


def test_every_config_is_tested():
    tested = {
        name
        for case in Faked.__subclasses__()
        for name in case.BUILDER_CONFIG_NAMES_TO_TEST
    }
    assert tested == set(reader.CONFIGS)


@pytest.fixture
def manual_dir(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "PUBLISHED", fake_files.PUBLISHED)
    folder = tmp_path / "manual"
    fake_files.write_original(folder)
    fake_files.write_mirror(folder)
    return folder


@pytest.fixture
def data_dir(tmp_path):
    return tmp_path / "data"


def prepare(data_dir, manual_dir, config):
    builder = ck_plus_dataset_builder.Builder(data_dir=data_dir, config=config)
    download = tfds.download.DownloadConfig(manual_dir=manual_dir)
    builder.download_and_prepare(download_config=download)
    return builder


@pytest.mark.parametrize("config", ["mohana2023_neutral", "ck48"])
def test_prepared_examples_are_those_read_and_keep_their_order(
    data_dir, manual_dir, config
):
    builder = prepare(data_dir, manual_dir, config)
    # So few rows could keep their order by chance.
    assert builder.info.disable_shuffling
    assert builder.info.full_name == f"ck_plus/{config}/1.0.0"
    examples = tfds.as_numpy(
        builder.as_dataset(
            split="train",
            batch_size=-1,
            decoders={"image": tfds.decode.SkipDecoding()},
        )
    )
    columns = reader.read(config, manual_dir)["train"]
    paths = columns.pop("image")
    assert list(examples["image"]) == [path.read_bytes() for path in paths]
    assert len(set(examples["image"])) == len(paths)
    for name, column in columns.items():
        found = examples[name]
        found = found.astype(str) if found.dtype == object else found
        np.testing.assert_array_equal(found, column)


def test_grey_and_coloured_images_decode(data_dir, manual_dir):
    builder = prepare(data_dir, manual_dir, "mohana2023")
    for example in tfds.as_numpy(builder.as_dataset(split="train")):
        key = (example["subject"].decode(), example["sequence"].decode())
        coloured = key in fake_files.COLOURED
        assert example["image"].dtype == np.uint8
        assert example["image"].shape == (48 if coloured else 49, 64, 3)
        red, _, blue = example["image"].mean(axis=(0, 1))
        # The drawn faces in colour have half as much blue as red.
        np.testing.assert_allclose(
            blue / red, 0.5 if coloured else 1, atol=0.05
        )


@pytest.mark.parametrize("config", reader.CONFIGS)
def test_labels_carry_the_class_names(data_dir, config):
    builder = ck_plus_dataset_builder.Builder(data_dir=data_dir, config=config)
    names = tuple(builder.info.features["label"].names)
    assert names == reader.CLASS_NAMES[config]


def test_default_config_is_that_of_the_reader(data_dir):
    builder = ck_plus_dataset_builder.Builder(data_dir=data_dir)
    assert builder.builder_config.name == reader.DEFAULT_CONFIG


def test_broken_file_leaves_nothing_and_a_good_one_prepares_later(
    data_dir, manual_dir
):
    path = manual_dir / "cohn-kanade-images/S005/001/S005_001_00000006.png"
    path.write_bytes(b"")
    with pytest.raises(ValueError, match="empty: .*S005_001_00000006.png"):
        prepare(data_dir, manual_dir, "mohana2023")
    # TFDS lists the names of the configs in `.config` before it prepares one.
    left = [path for path in data_dir.rglob("*") if path.is_file()]
    assert {path.parent.name for path in left} <= {".config"}
    assert not list(data_dir.rglob("*incomplete*"))

    fake_files.write_original(manual_dir)
    builder = prepare(data_dir, manual_dir, "mohana2023")
    assert builder.info.splits["train"].num_examples == 28


def test_missing_folder_is_named(data_dir, manual_dir):
    (manual_dir / original.LABELS).rename(manual_dir / "Emotion_labels")
    with pytest.raises(FileNotFoundError, match="Emotion: .*Ask for CK"):
        prepare(data_dir, manual_dir, "mohana2023")
