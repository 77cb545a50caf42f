"""The TFDS builder of AffectNet."""

import numpy as np
import tensorflow_datasets as tfds

from tfds_builders.affectnet import reader


class Builder(tfds.core.GeneratorBasedBuilder):
    """AffectNet from the files of either release, with 8 or 7 classes."""

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
                    # The publishers' files are of several kinds.
                    "image": tfds.features.Image(shape=(None, None, 3)),
                    "label": tfds.features.ClassLabel(names=class_names),
                    "box": tfds.features.Tensor(shape=(4,), dtype=np.int64),
                    "row": tfds.features.Scalar(np.int64),
                }
            ),
            supervised_keys=("image", "label"),
            homepage="http://mohammadmahoor.com/affectnet/",
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        splits = reader.read(self.builder_config.name, dl_manager.manual_dir)
        return {
            split: self._generate_examples(columns)
            for split, columns in splits.items()
        }

    def _generate_examples(self, columns):
        # TFDS sorts by key, a thousandth of 128 bits at a time, in memory.
        step = 2**128 // len(columns["row"])
        for i in range(len(columns["row"])):
            yield (
                i * step,
                {name: column[i] for name, column in columns.items()},
            )
