"""The TFDS builder of FER+."""

import numpy as np
import tensorflow_datasets as tfds

from tfds_builders.ferplus import labels, reader


class Builder(tfds.core.GeneratorBasedBuilder):
    """FER+ from the publishers' two files, one config per label rule."""

    VERSION = tfds.core.Version(reader.VERSION)
    RELEASE_NOTES = {reader.VERSION: "Initial release."}
    MANUAL_DOWNLOAD_INSTRUCTIONS = reader.INSTRUCTIONS
    BUILDER_CONFIGS = [
        tfds.core.BuilderConfig(name=name) for name in reader.CONFIGS
    ]
    DEFAULT_BUILDER_CONFIG_NAME = reader.DEFAULT_CONFIG

    def _info(self):
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(
                        shape=reader.IMAGE_SHAPE, encoding_format="png"
                    ),
                    "label": tfds.features.ClassLabel(names=reader.CLASS_NAMES),
                    "votes": tfds.features.Tensor(
                        shape=(len(labels.VOTE_NAMES),), dtype=np.uint8
                    ),
                    "row": tfds.features.Scalar(np.int64),
                }
            ),
            supervised_keys=("image", "label"),
            homepage="https://github.com/microsoft/FERPlus",
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        splits = reader.read(self.builder_config.name, dl_manager.manual_dir)
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
