"""Preparing datasets with their builders."""

import contextlib
import importlib
import shutil
from dataclasses import replace
from pathlib import Path

from ferkeras import folders
from ferkeras.data import (
    crop_source,
    face_size,
    has_tensorflow,
    is_own,
    npz_path,
    open_dataset,
    write_npz,
)
from ferkeras.data.npz import derived
from reproductions.commands.building import (
    build_with_tfds,
    read_without_tensorflow,
    told,
)
from reproductions.commands.own_images import read_own

BUILDERS = Path(__file__).parents[2] / "tfds_builders"


def reader_of(dataset):
    """The reader module of a dataset, and its config's name.

    Args:
        dataset: TFDS name, `"ferplus"` or `"ferplus/half"`.

    Raises:
        ValueError: for a dataset or config without a builder.
    """
    name, _, config = dataset.partition("/")
    known = sorted(path.parent.name for path in BUILDERS.glob("*/reader.py"))
    if name == "own":
        raise ValueError(
            "Name your own images own/NAME, of letters, digits, _ and -. "
            f"Received: {dataset!r}"
        )
    if name not in known:
        raise ValueError(
            f"There are builders for {', '.join(known)}. Received: {dataset!r}"
        )
    reader = importlib.import_module(f"tfds_builders.{name}.reader")
    config = config or reader.DEFAULT_CONFIG
    if config and config not in reader.CONFIGS:
        there = f"the configs {', '.join(reader.CONFIGS)}"
        raise ValueError(
            f"{name} has {there if reader.CONFIGS else 'no configs'}. "
            f"Received: {dataset!r}"
        )
    return name, config, reader


def prepare(dataset, data_dir, manual_dir=None, npz=False):
    """Prepare a dataset with its TFDS builder, or without TensorFlow.

    Args:
        dataset: TFDS name, with or without its config, or `own/<name>`; with
            `/faces<side>`, that dataset is prepared, and then its faces are
            cut out.
        data_dir: folder of prepared datasets.
        manual_dir: folder of the publisher's files, which are read again
            where the dataset is prepared already; TFDS's own,
            `<data_dir>/downloads/manual`, when None.
        npz: also write the one file that machines without TensorFlow read;
            without TensorFlow here, it is all that is written.

    Returns:
        `Source` of the prepared dataset.

    Raises:
        ValueError: for an unknown dataset, or a malformed file.
        FileNotFoundError: where a file is missing.
        OSError: where the disk is full, with how much is needed.
    """
    size = face_size(dataset)
    if size:
        return prepare_faces(dataset, size, data_dir, manual_dir, npz)
    with without_faces_of_others(dataset, data_dir):
        if is_own(dataset):
            return prepare_own(dataset, data_dir, manual_dir)
        return prepare_published(dataset, data_dir, manual_dir, npz)


def prepare_published(dataset, data_dir, manual_dir, npz):
    """Prepare a dataset by its builder; arguments as of `prepare`."""
    name, config, reader = reader_of(dataset)
    dataset = f"{name}/{config}" if config else name
    again, manual_dir = bool(manual_dir), manual_folder(manual_dir, data_dir)
    if not has_tensorflow():
        source = read_without_tensorflow(dataset, config, reader, manual_dir)
        write_npz(source, npz_path(dataset, data_dir))
        return source
    new = build_with_tfds(name, config, reader, data_dir, manual_dir, again)
    source = open_dataset(dataset, data_dir)
    # One that is there must not be of other files.
    if npz or (new and npz_path(dataset, data_dir).exists()):
        write_npz(source, npz_path(dataset, data_dir))
    return source


def prepare_faces(dataset, size, data_dir, manual_dir, npz):
    """Prepare photographs, and then the faces that are cut out of them.

    Args:
        dataset: name that ends in `/faces<side>`.
        size: the side, in pixels.
        data_dir: as of `prepare`, like the others.
        manual_dir: the photographs' files.
        npz: also write the photographs as one file.

    Returns:
        `Source` of the faces.
    """
    photographs = dataset.rpartition("/")[0]
    source = prepare(photographs, data_dir, manual_dir, npz)
    write_npz(crop_source(source, dataset, size), npz_path(dataset, data_dir))
    return open_dataset(dataset, data_dir)


@contextlib.contextmanager
def without_faces_of_others(dataset, data_dir):
    """Remove a dataset's faces where it is prepared from other photographs."""

    def prints():
        try:
            source = open_dataset(dataset, data_dir)
        except FileNotFoundError:
            return None
        return [source.faces(x).outline.fingerprint for x in source.splits]

    photographs = npz_path(dataset, data_dir)
    faces = [*photographs.parent.glob(f"{photographs.stem}-faces*.npz")]
    before = faces and prints()
    yield
    if faces and prints() != before:
        for path in faces:
            shutil.rmtree(derived(path), ignore_errors=True)
            path.unlink()


def prepare_own(dataset, data_dir, manual_dir):
    """Prepare a user's own images, `own/<name>`, and return their `Source`."""
    with told() as notes:
        source = read_own(dataset, manual_dir)
    path = npz_path(dataset, data_dir)
    write_npz(replace(source, notes=notes or None), path)
    return open_dataset(dataset, data_dir)


def manual_folder(manual_dir, data_dir):
    """Folder of the publisher's files: the one that is named, or TFDS's own.

    Raises:
        FileNotFoundError: where the named one is missing.
    """
    if manual_dir and not Path(manual_dir).is_dir():
        advice = folders.advice(Path(manual_dir))
        raise FileNotFoundError(f"There is no folder {manual_dir}{advice}.")
    return manual_dir or Path(data_dir) / "downloads" / "manual"
