"""The TFDS builder of JAFFE."""

import numpy as np
import tensorflow_datasets as tfds

from tfds_builders.jaffe import reader


class Builder(tfds.core.GeneratorBasedBuilder):
    """JAFFE from the publishers' TIFF files, in the order of their names."""

    VERSION = tfds.core.Version(reader.VERSION)
    RELEASE_NOTES = {reader.VERSION: "Initial release."}
    MANUAL_DOWNLOAD_INSTRUCTIONS = reader.INSTRUCTIONS

    def _info(self):
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(
                        shape=reader.IMAGE_SHAPE, encoding_format="png"
                    ),
                    "label": tfds.features.ClassLabel(names=reader.CLASS_NAMES),
                    "subject": tfds.features.Text(),
                    "row": tfds.features.Scalar(np.int64),
                }
            ),
            supervised_keys=("image", "label"),
            homepage="https://zenodo.org/records/3451524",
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        splits = reader.read(None, dl_manager.manual_dir)
        return {
            split: self._generate_examples(columns)
            for split, columns in splits.items()
        }

    def _generate_examples(self, columns):
        for i, row in enumerate(columns["row"]):
            yield (
                int(row),
                {name: column[i] for name, column in columns.items()},
            )
