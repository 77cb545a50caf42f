"""The TFDS builder of RAF-DB."""

import numpy as np
import tensorflow_datasets as tfds

from tfds_builders.raf_db import reader


class Builder(tfds.core.GeneratorBasedBuilder):
    """The basic set of RAF-DB from JPEG files, in the publishers' order."""

    VERSION = tfds.core.Version(reader.VERSION)
    RELEASE_NOTES = {reader.VERSION: "Initial release."}
    MANUAL_DOWNLOAD_INSTRUCTIONS = reader.INSTRUCTIONS

    def _info(self):
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(
                        shape=(None, None, 3), encoding_format="jpeg"
                    ),
                    "label": tfds.features.ClassLabel(names=reader.CLASS_NAMES),
                    "original_height": tfds.features.Scalar(np.int64),
                    "original_width": tfds.features.Scalar(np.int64),
                    "row": tfds.features.Scalar(np.int64),
                }
            ),
            supervised_keys=("image", "label"),
            homepage="http://www.whdeng.cn/RAF/model1.html",
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
