"""Opening prepared datasets."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from ferkeras.data.encoded import Boxed, EncodedImages
from ferkeras.data.npz import open_npz
from ferkeras.data.source import Faces, Source, faces_of
from ferkeras.dataset_names import face_size, has_tensorflow, is_own
from ferkeras.dataset_sources import how_to_prepare

# Beside what TFDS has of a dataset, what was told of it.
NOTES = "notes.json"
# A folder of prepared datasets that holds this file has drawn faces only.
DRAWN = "DRAWN"


def mark_as_drawn(data_dir: str | Path) -> None:
    """Say of a folder of prepared datasets that their faces are drawn."""
    Path(data_dir).mkdir(parents=True, exist_ok=True)
    (Path(data_dir) / DRAWN).touch()


def files_of(builder: Any, split: str) -> Faces:
    """`Faces` of a TFDS builder whose images are of unequal sizes."""
    import tensorflow_datasets as tfds

    features = {*builder.info.features}
    columns = builder.as_dataset(
        split=split,
        batch_size=-1,
        decoders=tfds.decode.PartialDecoding(
            dict.fromkeys(features - {"image"}, True)
        ),
    )

    def read() -> Iterator[Boxed]:
        files = builder.as_dataset(
            split=split,
            decoders=tfds.decode.PartialDecoding(
                dict.fromkeys(features & {"image", "box"}, True),
                decoders={"image": tfds.decode.SkipDecoding()},
            ),
        )
        for example in tfds.as_numpy(files):
            yield example["image"], example.get("box")

    count = builder.info.splits[split].num_examples
    folder = Path(builder.data_path) / f"pixels-{split}"
    images = EncodedImages(read, count, folder)
    return faces_of(images, tfds.as_numpy(columns))


def open_tfds(dataset: str, data_dir: str | Path) -> Source:
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
            f"Run: {how_to_prepare(dataset)}"
        )

    image = builder.info.features["image"]
    if None not in image.shape:

        def read(split: str) -> Faces:
            arrays = builder.as_dataset(split=split, batch_size=-1)
            arrays = tfds.as_numpy(arrays)
            return faces_of(arrays.pop("image"), arrays)

    else:

        def read(split: str) -> Faces:
            return files_of(builder, split)

    notes = Path(builder.data_path) / NOTES
    return Source(
        dataset,
        str(builder.version),
        tuple(builder.info.features["label"].names),
        tuple(builder.info.splits),
        read,
        notes=json.loads(notes.read_text()) if notes.exists() else None,
    )


def open_dataset(dataset: str, data_dir: str | Path) -> Source:
    """Open a prepared dataset: by TFDS, or its `.npz` without TensorFlow.

    Faces cut out of photographs, and a user's own images, are always a `.npz`.

    Args:
        dataset: TFDS name with its config, such as `"ferplus/plurality"`, and
            `/faces<side>` for its faces; or `own/<name>`.
        data_dir: folder of prepared datasets.

    Returns:
        A `Source`.

    Raises:
        FileNotFoundError: where it is not prepared, with the command to run.
    """
    if face_size(dataset) or is_own(dataset) or not has_tensorflow():
        source = open_npz(dataset, data_dir)
    else:
        source = open_tfds(dataset, data_dir)
    return replace(source, drawn=(Path(data_dir) / DRAWN).exists())
