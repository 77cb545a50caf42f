"""Tests of preparing the synthetic faces with TFDS."""

import pathlib

import numpy as np
import pytest

tfds = pytest.importorskip("tensorflow_datasets")

from tfds_builders.synthetic_faces import (  # noqa: E402
    reader,
    synthetic_faces_dataset_builder,
)

TINY = reader.Config("tiny", size=20, train=24, validation=9, test=8)
CONFIG = synthetic_faces_dataset_builder.builder_config(TINY)


class SyntheticFacesTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = synthetic_faces_dataset_builder.Builder
    BUILDER_CONFIG_NAMES_TO_TEST = [CONFIG]
    SPLITS = {"train": 24, "validation": 9, "test": 8}
    # Nothing is read, but the test case wants a folder.
    EXAMPLE_DIR = pathlib.Path(__file__).parent


def test_prepared_arrays_equal_those_read_and_keep_their_order(tmp_path):
    builder = synthetic_faces_dataset_builder.Builder(
        data_dir=tmp_path, config=CONFIG
    )
    builder.download_and_prepare()
    for split, columns in reader.read(TINY).items():
        examples = list(tfds.as_numpy(builder.as_dataset(split=split)))
        for name, column in columns.items():
            prepared = np.stack([example[name] for example in examples])
            np.testing.assert_array_equal(prepared, column)


def test_full_is_the_default_and_names_the_classes(tmp_path):
    builder = synthetic_faces_dataset_builder.Builder(data_dir=tmp_path)
    assert builder.builder_config.name == "full"
    assert builder.info.features["image"].shape == (48, 48, 1)
    assert tuple(builder.info.features["label"].names) == reader.CLASS_NAMES
