"""The TFDS builder of the synthetic faces."""

import dataclasses

import numpy as np
import tensorflow_datasets as tfds

from tfds_builders.synthetic_faces import reader


@dataclasses.dataclass(eq=False)
class BuilderConfig(tfds.core.BuilderConfig):
    """A `reader.Config` under the name that TFDS knows it by."""

    faces: reader.Config | None = None


def builder_config(config):
    """The `BuilderConfig` of a `reader.Config`."""
    return BuilderConfig(
        name=config.name,
        description=(
            f"{config.size} pixels; {config.train} / {config.validation} / "
            f"{config.test} images; seed {config.seed}"
        ),
        faces=config,
    )


class Builder(tfds.core.GeneratorBasedBuilder):
    """Synthetic faces, in the order of the reader."""

    VERSION = tfds.core.Version(reader.VERSION)
    RELEASE_NOTES = {reader.VERSION: "Initial release."}
    BUILDER_CONFIGS = [builder_config(c) for c in reader.CONFIGS.values()]
    DEFAULT_BUILDER_CONFIG_NAME = reader.DEFAULT_CONFIG

    def _info(self):
        size = self.builder_config.faces.size
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(
                        shape=(size, size, 1), encoding_format="png"
                    ),
                    "label": tfds.features.ClassLabel(names=reader.CLASS_NAMES),
                    "row": tfds.features.Scalar(np.int64),
                    "subject": tfds.features.Scalar(np.int64),
                }
            ),
            supervised_keys=("image", "label"),
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        splits = reader.read(self.builder_config.faces)
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
