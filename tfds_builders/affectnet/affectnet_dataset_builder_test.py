"""Tests of preparing AffectNet with TFDS."""

import pathlib
import tempfile
from unittest import mock

import cv2
import numpy as np
import pytest

tfds = pytest.importorskip("tensorflow_datasets")

from tfds_builders.affectnet import (  # noqa: E402
    affectnet_dataset_builder,
    fake_files,
    reader,
)

pytestmark = pytest.mark.filterwarnings("ignore:.*they have no expression")


class Faked:
    """What the tests of all configs share."""

    DATASET_CLASS = affectnet_dataset_builder.Builder

    @classmethod
    def setUpClass(cls):
        cls.enterClassContext(
            mock.patch.object(reader, "PUBLISHED", fake_files.PUBLISHED)
        )
        cls.EXAMPLE_DIR = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.write(pathlib.Path(cls.EXAMPLE_DIR))
        super().setUpClass()


class ListsTest(Faked, tfds.testing.DatasetBuilderTestCase):
    write = staticmethod(fake_files.write_lists)
    BUILDER_CONFIG_NAMES_TO_TEST = ["8"]
    SPLITS = {"train": 9, "validation": 3}


class NumbersTest(Faked, tfds.testing.DatasetBuilderTestCase):
    write = staticmethod(fake_files.write_numbers)
    BUILDER_CONFIG_NAMES_TO_TEST = ["7"]
    SPLITS = {"train": 8, "validation": 2}


@pytest.fixture(params=[fake_files.write_lists, fake_files.write_numbers])
def manual_dir(request, tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "PUBLISHED", fake_files.PUBLISHED)
    folder = tmp_path / "manual"
    request.param(folder)
    return folder


@pytest.fixture
def data_dir(tmp_path):
    return tmp_path / "data"


def prepare(data_dir, manual_dir, config):
    builder = affectnet_dataset_builder.Builder(
        data_dir=data_dir, config=config
    )
    download = tfds.download.DownloadConfig(manual_dir=manual_dir)
    builder.download_and_prepare(download_config=download)
    return builder


def encoded(builder, split):
    return tfds.as_numpy(
        builder.as_dataset(
            split=split,
            batch_size=-1,
            decoders={"image": tfds.decode.SkipDecoding()},
        )
    )


@pytest.mark.parametrize("config", reader.CONFIGS)
def test_prepared_examples_are_those_read_and_keep_their_order(
    data_dir, manual_dir, config
):
    prepare(data_dir, manual_dir, config)
    # By its name, as a config that is a number could be taken for a version.
    builder = tfds.builder(f"affectnet/{config}", data_dir=data_dir)
    # So few rows could keep their order by chance.
    assert builder.info.disable_shuffling
    assert builder.info.full_name == f"affectnet/{config}/1.0.0"
    names = tuple(builder.info.features["label"].names)
    assert names == reader.CLASS_NAMES[config]
    for split, columns in reader.read(config, manual_dir).items():
        examples = encoded(builder, split)
        paths = columns.pop("image")
        stored = examples.pop("image").tolist()
        assert stored == [path.read_bytes() for path in paths]
        assert len(set(stored)) == len(paths)
        assert examples.keys() == columns.keys()
        for name, column in columns.items():
            np.testing.assert_array_equal(examples[name], column)


def test_boxes_cut_out_the_faces(data_dir, manual_dir):
    builder = prepare(data_dir, manual_dir, "8")
    for example in tfds.as_numpy(builder.as_dataset(split="train")):
        assert example["image"].dtype == np.uint8
        x, y, width, height = example["box"]
        face = example["image"][y : y + height, x : x + width]
        assert face.shape == (40, 40, 3)
        red, _, blue = face.mean(axis=(0, 1))
        # The drawn faces have half as much blue as red, what is around them
        # has neither.
        np.testing.assert_allclose(blue / red, 0.5, atol=0.05)


def test_tiff_is_stored_as_published(data_dir, manual_dir):
    # TensorFlow does not decode it, but OpenCV does.
    path = next(manual_dir.rglob("*.png"))
    pixels = cv2.imread(str(path))
    path.write_bytes(cv2.imencode(".tiff", pixels)[1].tobytes())
    builder = prepare(data_dir, manual_dir, "8")
    # The first happy, neutral, then the sad one.
    stored = encoded(builder, "train")["image"][2]
    assert stored == path.read_bytes()
    found = cv2.imdecode(np.frombuffer(stored, np.uint8), cv2.IMREAD_COLOR)
    np.testing.assert_array_equal(found, pixels)


def test_default_config_is_that_of_the_reader(data_dir):
    builder = affectnet_dataset_builder.Builder(data_dir=data_dir)
    assert builder.builder_config.name == reader.DEFAULT_CONFIG


@pytest.mark.filterwarnings("ignore:.*published set")
def test_missing_part_is_named_and_leaves_nothing(data_dir, manual_dir):
    for name in ("validation.csv", "val_set"):
        if (manual_dir / name).exists():
            (manual_dir / name).rename(manual_dir / "elsewhere")
    message = "validation.csv|val_set/images.*Ask for AffectNet"
    with pytest.raises(FileNotFoundError, match=message):
        prepare(data_dir, manual_dir, "8")
    # TFDS lists the names of the configs in `.config` before it prepares one.
    left = [path for path in data_dir.rglob("*") if path.is_file()]
    assert {path.parent.name for path in left} <= {".config"}
    assert not list(data_dir.rglob("*incomplete*"))
