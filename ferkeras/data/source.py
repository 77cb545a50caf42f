"""Prepared datasets -> images in memory."""

import hashlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from ferkeras.files import open_whole


class Faces(NamedTuple):
    """A split in memory.

    Attributes:
        images: uint8 `(count, height, width, 1)`, 0-255; or, of a dataset of
            large or unequal images, the bytes of the image files, object
            `(count,)`.
        labels: int64 `(count,)`.
        rows: int64 `(count,)`, each image's row in the published file, or its
            place among the published files.
        subjects: str `(count,)`, who is shown; None where that is not known.
    """

    images: np.ndarray
    labels: np.ndarray
    rows: np.ndarray
    subjects: np.ndarray | None = None

    @property
    def encoded(self):
        """Whether the images are files' bytes."""
        return self.images.dtype == object

    def resized(self, size):
        """Resample the images to `size` x `size` grey pixels.

        Pixels bilinearly; files' bytes, which hold far larger images, by area,
        so that nothing aliases.
        """
        if self.encoded:
            images = [
                cv2.resize(
                    cv2.imdecode(
                        np.frombuffer(file, np.uint8), cv2.IMREAD_GRAYSCALE
                    ),
                    (size, size),
                    interpolation=cv2.INTER_AREA,
                )
                for file in self.images
            ]
            return self._replace(images=np.stack(images)[..., None])
        if self.images.shape[1:3] == (size, size):
            return self
        # OpenCV takes up to 512 channels: here, as many images at a time.
        parts = [
            cv2.resize(
                np.moveaxis(self.images[at : at + 512, ..., 0], 0, -1).copy(),
                (size, size),
            ).reshape(size, size, -1)
            for at in range(0, len(self.images), 512)
        ]
        images = np.moveaxis(np.concatenate(parts, -1), -1, 0)[..., None]
        return self._replace(images=np.ascontiguousarray(images))

    def take(self, indices):
        """Some of the images, in the order of `indices`."""
        return Faces(
            *(column if column is None else column[indices] for column in self)
        )

    @property
    def fingerprint(self):
        """SHA-256 of pixels or files, and labels, 16 hexadecimal digits."""
        pixels = (
            b"".join(self.images)
            if self.encoded
            else np.ascontiguousarray(self.images).tobytes()
        )
        digest = hashlib.sha256(pixels)
        digest.update(self.labels.astype("<i8").tobytes())
        return digest.hexdigest()[:16]


@dataclass(frozen=True)
class Source:
    """A prepared dataset.

    Attributes:
        name: TFDS name with its config, such as `"ferplus/plurality"`.
        version: the builder's version.
        class_names: tuple of names, in label order.
        splits: names of the splits.
        read: `split name -> Faces`.
    """

    name: str
    version: str
    class_names: tuple[str, ...]
    splits: tuple[str, ...]
    read: Callable[[str], Faces]

    @property
    def synthetic(self):
        """Whether the faces are drawn, not photographed."""
        return self.name.startswith("synthetic")

    def faces(self, split):
        """Read one split, or several joined by `+`, one after the other.

        Raises:
            ValueError: for a split the dataset does not have.
        """
        names = split.split("+")
        if not {*names} <= {*self.splits}:
            raise ValueError(
                f"{self.name} has the splits {', '.join(self.splits)}. "
                f"Received: split={split!r}"
            )
        parts = [self.read(name) for name in names]
        if len(parts) == 1:
            return parts[0]
        return Faces(
            *(
                None if column[0] is None else np.concatenate(column)
                for column in zip(*parts, strict=True)
            )
        )


def objects(values):
    """An array that holds Python objects as they are."""
    array = np.empty(len(values), object)
    array[:] = values
    return array


def has_tensorflow():
    """Whether TensorFlow is installed, without importing it."""
    return importlib.util.find_spec("tensorflow") is not None


def npz_path(dataset, data_dir):
    """File that holds a dataset for machines without TensorFlow."""
    return Path(data_dir).expanduser() / f"{dataset.replace('/', '-')}.npz"


def write_npz(source, path):
    """Write every split of a `Source` to one `.npz`, whole or not at all."""
    arrays = {
        "version": np.array(source.version),
        "class_names": np.array(source.class_names),
    }
    for split in source.splits:
        faces = source.faces(split)
        columns = faces._asdict()
        if faces.encoded:
            # As one row of bytes: NumPy would pickle objects.
            columns["images"] = np.frombuffer(b"".join(faces.images), np.uint8)
            columns["ends"] = np.cumsum([len(file) for file in faces.images])
        for key, column in columns.items():
            if column is not None:
                arrays[f"{split}/{key}"] = column
    with open_whole(path) as file:
        np.savez_compressed(file, **arrays)


def open_npz(dataset, data_dir):
    """Open what `write_npz` wrote."""
    path = npz_path(dataset, data_dir)
    if not path.exists():
        raise FileNotFoundError(
            f"{path} is missing, and TensorFlow, which would read the TFDS "
            f"dataset, is not installed. Run: {prepare_command(dataset)} --npz"
        )
    with np.load(path) as file:
        splits = {n.split("/")[0]: None for n in file.files if "/" in n}
        version, class_names = str(file["version"]), file["class_names"]

    def read(split):
        with np.load(path) as file:
            columns = {
                name.removeprefix(f"{split}/"): file[name]
                for name in file.files
                if name.startswith(f"{split}/")
            }
        ends = columns.pop("ends", None)
        if ends is not None:
            files = np.split(columns["images"], ends[:-1])
            columns["images"] = objects([file.tobytes() for file in files])
        return Faces(**columns)

    return Source(
        dataset, version, tuple(map(str, class_names)), tuple(splits), read
    )


def open_tfds(dataset, data_dir):
    """Open a dataset that its TFDS builder has prepared."""
    import tensorflow_datasets as tfds

    try:
        builder = tfds.builder(dataset, data_dir=data_dir, try_gcs=False)
    except tfds.core.DatasetNotFoundError:
        builder = None
    # A builder that was imported is found, prepared or not.
    if builder is None or not builder.info.splits:
        raise FileNotFoundError(
            f"{dataset} is not prepared in {data_dir}. "
            f"Run: {prepare_command(dataset)}"
        )

    # Images of one size come decoded, others as the publisher's files.
    decoders = {}
    if None in builder.info.features["image"].shape:
        decoders["image"] = tfds.decode.SkipDecoding()

    def read(split):
        everything = builder.as_dataset(
            split=split, batch_size=-1, decoders=decoders
        )
        arrays = tfds.as_numpy(everything)
        subjects = arrays.get("subject")
        if subjects is not None:
            subjects = subjects.astype(str)
        return Faces(arrays["image"], arrays["label"], arrays["row"], subjects)

    return Source(
        dataset,
        str(builder.version),
        tuple(builder.info.features["label"].names),
        tuple(builder.info.splits),
        read,
    )


def prepare_command(dataset):
    """The command that prepares a dataset, for messages."""
    return f"python -m reproductions prepare {dataset}"


def open_dataset(dataset, data_dir):
    """Open a prepared dataset: by TFDS, or its `.npz` without TensorFlow.

    Args:
        dataset: TFDS name with its config, such as `"ferplus/plurality"`.
        data_dir: folder of prepared datasets.

    Returns:
        A `Source`.

    Raises:
        FileNotFoundError: where it is not prepared, with the command to run.
    """
    if has_tensorflow():
        return open_tfds(dataset, data_dir)
    return open_npz(dataset, data_dir)
