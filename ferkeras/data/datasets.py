"""The datasets of one run, each split read once."""

from functools import lru_cache

from ferkeras.data.parts import part
from ferkeras.data.source import open_dataset


class Datasets:
    """Prepared datasets below one folder, kept in memory once read.

    Args:
        data_dir: folder of prepared datasets.
    """

    def __init__(self, data_dir):
        self.data_dir = data_dir
        self.source = lru_cache(self._source)
        self.original = lru_cache(self._original)
        self.faces = lru_cache(self._faces)

    def _source(self, dataset):
        return open_dataset(dataset, self.data_dir)

    def _original(self, dataset, split, hold_outs):
        if not hold_outs:
            return self.source(dataset).faces(split)

        def read(name):
            return self.original(dataset, name, ())

        return part(read, split, hold_outs)

    def _faces(self, dataset, split, hold_outs, image_size):
        faces = self.original(dataset, split, hold_outs)
        return faces.resized(image_size)

    def has(self, dataset):
        """Whether a dataset is prepared."""
        try:
            self.source(dataset)
        except FileNotFoundError:
            return False
        return True

    def card(self, dataset, splits, hold_outs):
        """What a record says of a dataset.

        Args:
            dataset: TFDS name with its config.
            splits: names of the splits, or parts, that the run uses.
            hold_outs: tuple of `HoldOut` that make the parts.

        Returns:
            dict of `name`, `version`, `synthetic`, `class_names`, and for each
            split its `images` and `fingerprint`.
        """
        source = self.source(dataset)
        faces = {
            split: self.original(dataset, split, hold_outs) for split in splits
        }
        return {
            "name": dataset,
            "version": source.version,
            "synthetic": source.synthetic,
            "class_names": list(source.class_names),
            "images": {k: len(v.labels) for k, v in faces.items()},
            "fingerprint": {k: v.fingerprint for k, v in faces.items()},
        }
