"""Preparing datasets with their builders."""

import contextlib
import importlib
import json
import warnings
from dataclasses import replace
from pathlib import Path

from ferkeras import folders
from ferkeras.data import (
    Source,
    crop_source,
    face_size,
    faces_of,
    files_on_disk,
    has_tensorflow,
    is_own,
    npz_path,
    open_dataset,
    write_npz,
)
from ferkeras.data.prepared import NOTES
from ferkeras.files import room_for, write_whole
from reproductions.commands.own_images import read_own
from tfds_builders.image_files import Note

# Bytes of examples that TFDS, which takes 1 GB, keeps in memory to sort them.
BUFFER = 2**27
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
    if name not in known:
        raise ValueError(
            f"There are builders for {', '.join(known)}. Received: {dataset!r}"
        )
    reader = importlib.import_module(f"tfds_builders.{name}.reader")
    config = config or reader.DEFAULT_CONFIG
    if config and config not in reader.CONFIGS:
        raise ValueError(
            f"{name} has the configs {', '.join(reader.CONFIGS)}. "
            f"Received: {dataset!r}"
        )
    return name, config, reader


@contextlib.contextmanager
def told():
    """Collect what readers tell of files, as `Source.notes`; it is shown too.

    Yields: the dict, which is filled meanwhile.
    """
    notes = {}
    with warnings.catch_warnings():
        warnings.simplefilter("always", Note)
        show = warnings.showwarning

        def keep(message, *place, **more):
            for what, count in getattr(message, "counts", {}).items():
                notes[what] = notes.get(what, 0) + count
            show(message, *place, **more)

        warnings.showwarning = keep
        yield notes


def bytes_of(manual_dir, reader, config):
    """How many bytes a dataset takes at most: those of its files, or pixels."""
    files = folders.walk(Path(manual_dir)).found
    if files:
        return sum(path.stat().st_size for path in files)
    splits = reader.read(config, manual_dir).values()
    return sum(x["image"].nbytes for x in splits)


def prepare(dataset, data_dir, manual_dir=None, npz=False):
    """Prepare a dataset with its TFDS builder, or without TensorFlow.

    Args:
        dataset: TFDS name, with or without its config, or `own/<name>`; with
            `/faces<side>`, that dataset is prepared, and then its faces are
            cut out.
        data_dir: folder of prepared datasets.
        manual_dir: folder of the publisher's files; TFDS's own,
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
        photographs = dataset.rpartition("/")[0]
        source = prepare(photographs, data_dir, manual_dir, npz)
        write_npz(
            crop_source(source, dataset, size), npz_path(dataset, data_dir)
        )
        return open_dataset(dataset, data_dir)

    if is_own(dataset):
        path = npz_path(dataset, data_dir)
        with told() as notes:
            source = read_own(dataset, manual_dir)
        write_npz(replace(source, notes=notes or None), path)
        return open_dataset(dataset, data_dir)

    name, config, reader = reader_of(dataset)
    dataset = f"{name}/{config}" if config else name
    if manual_dir and not Path(manual_dir).is_dir():
        advice = folders.advice(Path(manual_dir))
        raise FileNotFoundError(f"There is no folder {manual_dir}{advice}.")
    manual_dir = manual_dir or Path(data_dir) / "downloads" / "manual"
    path = npz_path(dataset, data_dir)
    if not has_tensorflow():
        with told() as notes:
            arrays = reader.read(config, manual_dir)

        def read(split):
            columns = arrays[split]
            images = columns["image"]
            if isinstance(images, list):
                images = files_on_disk(images, columns.get("box"))
            return faces_of(images, columns)

        names = reader.CLASS_NAMES
        if isinstance(names, dict):
            names = names[config]
        source = Source(
            dataset,
            reader.VERSION,
            names,
            tuple(arrays),
            read,
            notes=notes or None,
        )
        write_npz(source, path)
        return source

    import tensorflow_datasets as tfds
    from tensorflow_datasets.core import shuffle

    tfds.disable_progress_bar()
    shuffle.MAX_MEM_BUFFER_SIZE = BUFFER
    module = f"tfds_builders.{name}.{name}_dataset_builder"
    builder = importlib.import_module(module).Builder(
        config=config, data_dir=data_dir
    )
    download = tfds.download.DownloadConfig(manual_dir=manual_dir)
    room = room_for(
        builder.data_path, lambda: bytes_of(manual_dir, reader, config)
    )
    try:
        # TFDS prints sizes that it does not know.
        with told() as notes, room, contextlib.redirect_stdout(None):
            builder.download_and_prepare(download_config=download)
    except AssertionError as error:
        # What TFDS raises where the folder is missing or empty.
        raise FileNotFoundError(
            f"{error} Name another folder with --manual-dir."
        ) from error
    except OSError as error:
        # Which TFDS begins with all that it was to write.
        *example, what = str(error).splitlines()
        if not example:
            raise
        raise OSError(
            f"{what}: it changed while the folder was read. Give the command "
            "again once nothing writes there."
        ) from error
    if notes:
        write_whole(Path(builder.data_path) / NOTES, json.dumps(notes))
    source = open_dataset(dataset, data_dir)
    if npz:
        write_npz(source, path)
    return source
