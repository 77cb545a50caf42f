"""The synthetic faces as arrays, without TensorFlow."""

import dataclasses

import numpy as np

from tfds_builders.synthetic_faces import draw
from tfds_builders.synthetic_faces.action_units import CLASS_NAMES

VERSION = "1.0.0"
SPLITS = ("train", "validation", "test")


@dataclasses.dataclass(frozen=True)
class Config:
    """How many faces to draw, how large, and from which seed.

    A split does not depend on the number of images in the others, and up to
    the sensor noise a face does not depend on `size`.

    Args:
        name: the name of the TFDS config.
        size: side of the square images in pixels, at least 16.
        train: number of images of the split, at least 8; so for the others.
        validation: number of images.
        test: number of images.
        seed: non-negative integer; another seed gives other subjects.
    """

    name: str
    size: int = 48
    train: int = 4000
    validation: int = 500
    test: int = 1000
    seed: int = 0

    def __post_init__(self):
        if self.size < 16:
            raise ValueError(
                f"size must be at least 16 pixels. Received: size={self.size}"
            )
        for split in SPLITS:
            count = getattr(self, split)
            if count < len(CLASS_NAMES):
                raise ValueError(
                    f"{split} must be at least {len(CLASS_NAMES)}, one image "
                    f"per class. Received: {split}={count}"
                )
        if self.seed < 0:
            raise ValueError(
                f"seed must not be negative. Received: seed={self.seed}"
            )


CONFIGS = {
    "full": Config("full"),
    "demo": Config("demo", train=400, validation=80, test=160),
    "lesson": Config("lesson", 24, train=1600, validation=160, test=400),
}
DEFAULT_CONFIG = "full"


def read(config=DEFAULT_CONFIG, manual_dir=None):
    """Draw every face of a config.

    Each subject shows each class once (the last one of a split perhaps not
    all), so that classes are balanced to within one image and no subject is
    in two splits. The same config always gives the same arrays.

    Args:
        config: a name in `CONFIGS`, or a `Config`.
        manual_dir: not used; other builders read files from it.

    Returns: a mapping from "train", "validation" and "test" to a mapping of
        "image", uint8 `(images, size, size, 1)` of grey levels 0 to 255;
        "label", int64 `(images,)`, the place in `CLASS_NAMES`;
        "row", int64 `(images,)`, a running number within the split;
        "subject", int64 `(images,)`, a running number over all splits.
    """
    if not isinstance(config, Config):
        if config not in CONFIGS:
            raise ValueError(
                f"config must be a Config or one of {sorted(CONFIGS)}. "
                f"Received: config={config!r}"
            )
        config = CONFIGS[config]
    splits = {}
    first_subject = 0
    for number, split in enumerate(SPLITS):
        splits[split] = draw_split(config, number, first_subject)
        first_subject = splits[split]["subject"].max() + 1
    return splits


def draw_split(config, number, first_subject):
    """Draw the faces of one split, in shuffled order.

    Args:
        config: a `Config`.
        number: the split's place in `SPLITS`.
        first_subject: the number of the split's first subject.

    Returns: the mapping of arrays that `read` describes.
    """
    images = getattr(config, SPLITS[number])
    order = np.random.default_rng((config.seed, number)).permutation(images)
    subject, label = np.divmod(order, len(CLASS_NAMES))
    faces = np.empty((images, config.size, config.size, 1), np.uint8)
    for row in range(images):
        key = (config.seed, number, 1 + subject[row])
        faces[row, :, :, 0] = draw.draw_face(
            label[row],
            np.random.default_rng(key),
            np.random.default_rng((*key, 1 + label[row])),
            config.size,
        )
    return {
        "image": faces,
        "label": label.astype(np.int64),
        "row": np.arange(images, dtype=np.int64),
        "subject": (first_subject + subject).astype(np.int64),
    }
