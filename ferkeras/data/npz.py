"""Datasets as one file each, for machines without TensorFlow."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ferkeras.access import face_size, how_to_prepare, is_own, npz_path
from ferkeras.data.encoded import Boxed, EncodedImages
from ferkeras.data.source import Faces, Source, files_in_memory
from ferkeras.files import open_whole

# Bytes of image files: such a file is read whole.
LIMIT = 2**32


def write_npz(source: Source, path: Path) -> None:
    """Write every split of a `Source` to one `.npz`, whole or not at all.

    Raises:
        ValueError: for image files that are larger than `LIMIT` together.
        OSError: where the disk is full, with how much is needed.
    """
    arrays: dict[str, Any] = {
        "version": np.array(source.version),
        "class_names": np.array(source.class_names),
    }
    for name in ("crops", "notes"):
        if told := getattr(source, name):
            arrays[name] = np.array(json.dumps(told))
    for split in source.splits:
        faces = source.faces(split)
        columns = faces._asdict()
        if isinstance(faces.images, EncodedImages):
            files, boxes = zip(*limited(faces.images, source), strict=True)
            # As one row of bytes: NumPy would pickle objects.
            columns["images"] = np.frombuffer(b"".join(files), np.uint8)
            columns["ends"] = np.cumsum(list(map(len, files)))
            columns["boxes"] = None if boxes[0] is None else np.array(boxes)
        for key, column in columns.items():
            if column is not None:
                arrays[f"{split}/{key}"] = column
    size = sum(array.nbytes for array in arrays.values())
    with open_whole(path, lambda: size) as file:
        np.savez_compressed(file, **arrays)


def limited(images: EncodedImages, source: Source) -> Iterator[Boxed]:
    """Read files one after the other, and no more than fit."""
    total = 0
    for file, box in images.read():
        total += len(file)
        if total > LIMIT:
            other = "Shrink them"
            if not is_own(source.name):
                other = "Prepare it with TensorFlow, without --npz"
            raise ValueError(
                f"{source.name} has more than {LIMIT:,} bytes of image files, "
                f"too many for the one file that they go into. {other}; of "
                "its faces alone, cut out by a name that ends in /faces and a "
                "side in pixels, such a file is small."
            )
        yield file, box


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
        with np.load(path) as file:
            columns = {
                name.removeprefix(f"{split}/"): file[name]
                for name in file.files
                if name.startswith(f"{split}/")
            }
        ends, boxes = columns.pop("ends", None), columns.pop("boxes", None)
        if ends is not None:
            parts = np.split(columns["images"], ends[:-1])
            files = [part.tobytes() for part in parts]
            columns["images"] = files_in_memory(files, boxes)
        return Faces(**columns)

    return Source(
        dataset,
        version,
        tuple(map(str, class_names)),
        tuple(splits),
        read,
        **told,
    )
