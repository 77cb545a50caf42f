"""The TFDS builder of KDEF."""

import numpy as np
import tensorflow_datasets as tfds

from tfds_builders.kdef import reader


class Builder(tfds.core.GeneratorBasedBuilder):
    """KDEF from the publishers' JPEG files, in the order of their names."""

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
                    "subject": tfds.features.Text(),
                    "session": tfds.features.ClassLabel(names=reader.SESSIONS),
                    "angle": tfds.features.ClassLabel(names=reader.ANGLES),
                    "row": tfds.features.Scalar(np.int64),
                }
            ),
            supervised_keys=("image", "label"),
            homepage="https://kdef.se",
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
