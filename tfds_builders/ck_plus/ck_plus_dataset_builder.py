"""The TFDS builder of CK+."""

import numpy as np
import tensorflow_datasets as tfds

from tfds_builders.ck_plus import reader


class Builder(tfds.core.GeneratorBasedBuilder):
    """Frames of CK+ from PNG files, one config per choice of frames."""

    VERSION = tfds.core.Version(reader.VERSION)
    RELEASE_NOTES = {reader.VERSION: "Initial release."}
    MANUAL_DOWNLOAD_INSTRUCTIONS = reader.INSTRUCTIONS
    BUILDER_CONFIGS = [
        tfds.core.BuilderConfig(name=name) for name in reader.CONFIGS
    ]
    DEFAULT_BUILDER_CONFIG_NAME = reader.DEFAULT_CONFIG

    def _info(self):
        class_names = reader.CLASS_NAMES[self.builder_config.name]
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(
                        shape=(None, None, 3), encoding_format="png"
                    ),
                    "label": tfds.features.ClassLabel(names=class_names),
                    "subject": tfds.features.Text(),
                    "sequence": tfds.features.Text(),
                    "frame": tfds.features.Scalar(np.int64),
                    "row": tfds.features.Scalar(np.int64),
                }
            ),
            supervised_keys=("image", "label"),
            homepage="https://www.jeffcohn.net",
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
