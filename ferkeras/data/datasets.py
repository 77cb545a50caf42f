"""The datasets of one run, each split read once."""

from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from ferkeras.data.prepared import open_dataset
from ferkeras.data.source import Faces, Source
from ferkeras.data.split_steps import Step, part


def commonest(labels: np.ndarray) -> float:
    """Share of the commonest class, in percent."""
    return round(100 * np.bincount(labels).max() / len(labels), 2)


class Datasets:
    """Prepared datasets below one folder, kept in memory once read.

    Args:
        data_dir: folder of prepared datasets.
    """

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.source = lru_cache(self._source)
        self.original = lru_cache(self._original)
        self.whole = lru_cache(self._whole)

    def __reduce__(self) -> tuple:
        # Another process reads for itself.
        return Datasets, (self.data_dir,)

    def _source(self, dataset: str) -> Source:
        return open_dataset(dataset, self.data_dir)

    def _original(self, dataset: str, split: str) -> Faces:
        return self.source(dataset).faces(split)

    def _whole(
        self, dataset: str, size: int, colours: int, split: str
    ) -> Faces:
        return self.original(dataset, split).resized(size, colours)

    def faces(
        self,
        dataset: str,
        split: str,
        hold_outs: Sequence[Step],
        size: int,
        colours: int = 1,
        run: int = 0,
    ) -> Faces:
        """A split, or a part of one, at a size.

        Args:
            dataset: TFDS name with its config.
            split: name of the split or part.
            hold_outs: tuple of the steps that make the parts.
            size: side of the images in pixels.
            colours: 1 for grey, 3 for colour where the dataset has it.
            run: number of the run, which decides folds and draws.

        Returns:
            `Faces`.
        """
        read = partial(self.whole, dataset, size, colours)
        return part(read, split, hold_outs, run)

    def outline(
        self,
        dataset: str,
        split: str,
        hold_outs: Sequence[Step] = (),
        run: int = 0,
    ) -> Faces:
        """A split, or a part of one, with digests in place of files.

        Args:
            dataset: TFDS name with its config.
            split: name of the split or part.
            hold_outs: tuple of the steps that make the parts.
            run: number of the run, which decides folds and draws.

        Returns:
            `Faces`, at the size that the dataset has.
        """

        def read(name: str) -> Faces:
            return self.original(dataset, name).outline

        return part(read, split, hold_outs, run)

    def card(
        self,
        dataset: str,
        splits: Iterable[str],
        hold_outs: Sequence[Step],
        run: int = 0,
    ) -> dict[str, Any]:
        """What a record says of a dataset.

        Args:
            dataset: TFDS name with its config.
            splits: names of the splits, or parts, that the run uses.
            hold_outs: tuple of the steps that make the parts.
            run: number of the run, which decides folds and draws.

        Returns:
            dict of `name`, `version`, `synthetic`, `class_names`, and for each
            split its `images`, the share of its `commonest` class in percent
            and its `fingerprint`; of faces cut out of photographs also
            `faces`, the counts that are `Source.crops`; and `notes`, if the
            `Source` has any.
        """
        source = self.source(dataset)
        faces = {
            split: self.outline(dataset, split, hold_outs, run)
            for split in splits
        }
        card = {
            "name": dataset,
            "version": source.version,
            "synthetic": source.synthetic,
            "class_names": list(source.class_names),
            "images": {k: len(v.labels) for k, v in faces.items()},
            "commonest": {k: commonest(v.labels) for k, v in faces.items()},
            "fingerprint": {k: v.fingerprint for k, v in faces.items()},
        }
        if any(step.varies for step in hold_outs):
            used = {*splits, *(step.of for step in hold_outs)}
            card["published"] = {
                k: self.outline(dataset, k).fingerprint
                for k in source.splits
                if k in used
            }
        told = {"faces": source.crops, "notes": source.notes}
        return card | {name: counts for name, counts in told.items() if counts}
