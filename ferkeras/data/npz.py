"""Datasets of one file each, opened on machines without TensorFlow."""

import contextlib
import json
import zlib
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np

from ferkeras.data.encoded import Boxed, EncodedImages
from ferkeras.data.source import Faces, Source
from ferkeras.dataset_names import face_size, is_own, npz_path
from ferkeras.dataset_sources import how_to_prepare


def read_files(
    path: Path,
    dataset: str,
    name: str,
    ends: np.ndarray,
    boxes: Sequence | np.ndarray | None,
) -> Iterator[Boxed]:
    """Read what `put_files` wrote, one file after the other."""
    with (
        damage_told(path, dataset),
        ZipFile(path) as archive,
        archive.open(f"{name}.npy") as file,
    ):
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


@contextlib.contextmanager
def damage_told(path: Path, dataset: str) -> Iterator[None]:
    """Have a dataset's file that is damaged told, with what to do.

    Raises:
        ValueError: where it is.
    """
    try:
        yield
    except (BadZipFile, zlib.error, EOFError, ValueError, KeyError) as error:
        raise ValueError(
            f"{path} is cut short or damaged ({error}). Copy it again, or "
            f"delete it and run: {how_to_prepare(dataset)}"
        ) from error


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
    with damage_told(path, dataset), np.load(path) as file:
        splits = {n.split("/")[0]: None for n in file.files if "/" in n}
        version, class_names = str(file["version"]), file["class_names"]
        told = {
            name: json.loads(str(file[name]))
            for name in ("crops", "notes")
            if name in file
        }

    def read(split: str) -> Faces:
        images = f"{split}/images"
        with damage_told(path, dataset), np.load(path) as file:
            columns: dict[str, Any] = {
                name.removeprefix(f"{split}/"): file[name]
                for name in file.files
                if name.startswith(f"{split}/") and name != images
            }
            ends, boxes = columns.pop("ends", None), columns.pop("boxes", None)
            if ends is None:
                return Faces(file[images], **columns)
        files = partial(read_files, path, dataset, images, ends, boxes)
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
