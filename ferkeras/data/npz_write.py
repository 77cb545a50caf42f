"""Datasets written to one file each, for machines without TensorFlow."""

import json
import shutil
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import numpy as np

from ferkeras.data.encoded import EncodedImages
from ferkeras.data.npz import derived
from ferkeras.data.source import Source
from ferkeras.files import open_whole


def write_npz(source: Source, path: Path) -> None:
    """Write every split of a `Source` to one `.npz`, whole or not at all.

    Image files are read twice, and never all in memory.

    Raises:
        OSError: where the disk is full, with how much is needed.
    """
    # Of the file before it.
    shutil.rmtree(derived(path), ignore_errors=True)
    with (
        open_whole(path, lambda: size_of(source)) as file,
        ZipFile(file, "w") as archive,
    ):
        put(archive, "version", np.array(source.version))
        put(archive, "class_names", np.array(source.class_names))
        for name in ("crops", "notes"):
            if told := getattr(source, name):
                put(archive, name, np.array(json.dumps(told)))
        for split in source.splits:
            columns = source.faces(split)._asdict()
            if isinstance(columns["images"], EncodedImages):
                images = columns.pop("images")
                columns |= put_files(archive, f"{split}/images", images)
            for key, column in columns.items():
                if column is not None:
                    put(archive, f"{split}/{key}", column)


def size_of(source: Source) -> int:
    """Bytes of all columns of a `Source`, none of them compressed."""
    columns = (x for split in source.splits for x in source.faces(split))
    return sum(
        sum(len(file) for file, _ in column.read())
        if isinstance(column, EncodedImages)
        else np.asarray(column).nbytes
        for column in columns
        if column is not None
    )


def put(archive: ZipFile, name: str, array: np.ndarray) -> None:
    """Write an array as `numpy.savez_compressed` does."""
    info = ZipInfo(f"{name}.npy")
    info.compress_type = ZIP_DEFLATED
    with archive.open(info, "w", force_zip64=True) as file:
        np.lib.format.write_array(file, np.asarray(array), allow_pickle=False)


def put_files(
    archive: ZipFile, name: str, images: EncodedImages
) -> dict[str, np.ndarray | None]:
    """Write image files as one array of bytes, since NumPy would pickle them.

    Returns:
        Where each of them `ends`, and their `boxes` if they have any.
    """
    pairs = ((len(file), box) for file, box in images.read())
    lengths, boxes = zip(*pairs, strict=True)
    ends = np.cumsum(lengths)
    head = {"descr": "|u1", "fortran_order": False, "shape": (int(ends[-1]),)}
    info = ZipInfo(f"{name}.npy")
    info.compress_type = ZIP_STORED  # as they are compressed already
    with archive.open(info, "w", force_zip64=True) as file:
        np.lib.format.write_array_header_1_0(file, head)
        for length, content in zip(lengths, images, strict=True):
            if len(content) != length:
                raise ValueError(
                    f"{name}: a file changed while it was read. Give the "
                    "command again once nothing writes there."
                )
            file.write(content)
    return {
        "ends": ends,
        "boxes": None if boxes[0] is None else np.array(boxes),
    }
