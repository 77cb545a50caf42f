"""Datasets as one file each, for machines without TensorFlow."""

import json
import shutil
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import numpy as np

from ferkeras.data.encoded import Boxed, EncodedImages
from ferkeras.data.source import Faces, Source
from ferkeras.dataset_names import face_size, how_to_prepare, is_own, npz_path
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


def read_files(
    path: Path, name: str, ends: np.ndarray, boxes: Sequence | np.ndarray | None
) -> Iterator[Boxed]:
    """Read what `put_files` wrote, one file after the other."""
    with ZipFile(path) as archive, archive.open(f"{name}.npy") as file:
        assert np.lib.format.read_magic(file) == (1, 0)
        np.lib.format.read_array_header_1_0(file)
        lengths = np.diff(ends, prepend=0).tolist()
        boxes = [None] * len(ends) if boxes is None else boxes
        for length, box in zip(lengths, boxes, strict=True):
            yield file.read(length), box


def derived(path: Path) -> Path:
    """Folder of what is derived from the image files of a `.npz`."""
    return path.with_name(f"{path.stem}.pixels")


def derived_of(path: Path, split: str) -> Path:
    """Its part of a split, of other files another, whoever put them there."""
    with ZipFile(path) as archive:
        checksums = "".join(
            f"-{archive.getinfo(name).CRC:08x}"
            for name in (f"{split}/images.npy", f"{split}/boxes.npy")
            if name in archive.namelist()
        )
    return derived(path) / f"{split}{checksums}"


def open_npz(dataset: str, data_dir: str | Path) -> Source:
    """Open what `write_npz` wrote."""
    path = npz_path(dataset, data_dir)
    if not path.exists():
        command = how_to_prepare(dataset)
        if is_own(dataset) or face_size(dataset):
            raise FileNotFoundError(f"{path} is missing. Run: {command}")
        raise FileNotFoundError(
            f"{path} is missing, and TensorFlow, which would read the TFDS "
            f"dataset, is not installed. Run: {command} --npz"
        )
    with np.load(path) as file:
        splits = {n.split("/")[0]: None for n in file.files if "/" in n}
        version, class_names = str(file["version"]), file["class_names"]
        told = {
            name: json.loads(str(file[name]))
            for name in ("crops", "notes")
            if name in file
        }

    def read(split: str) -> Faces:
        images = f"{split}/images"
        with np.load(path) as file:
            columns: dict[str, Any] = {
                name.removeprefix(f"{split}/"): file[name]
                for name in file.files
                if name.startswith(f"{split}/") and name != images
            }
            ends, boxes = columns.pop("ends", None), columns.pop("boxes", None)
            if ends is None:
                return Faces(file[images], **columns)
        files = partial(read_files, path, images, ends, boxes)
        encoded = EncodedImages(files, len(ends), derived_of(path, split))
        return Faces(encoded, **columns)

    return Source(
        dataset,
        version,
        tuple(map(str, class_names)),
        tuple(splits),
        read,
        **told,
    )
