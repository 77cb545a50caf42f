"""Reads the frames of CK+ that papers use into NumPy arrays."""

import collections
import dataclasses
import pathlib
import warnings

import numpy as np

from ferkeras import folders
from tfds_builders import image_files
from tfds_builders.ck_plus import mirror, original
from tfds_builders.ck_plus.frames import EMOTIONS


@dataclasses.dataclass(frozen=True)
class Config:
    """Which frames of a labelled sequence are taken.

    Args:
        peaks: how many frames get the label, the labelled one being the last.
        neutral: whether the first frame is taken too, as neutral.
        contempt: whether sequences of contempt are taken.
        mirror: whether to read the folder CK+48, in which the frames have been
            chosen already.
    """

    peaks: int
    neutral: bool = False
    contempt: bool = True
    mirror: bool = False

    @property
    def class_names(self):
        """Tuple of names, in label order."""
        kept = {"neutral": self.neutral, "contempt": self.contempt}
        return tuple(name for name in EMOTIONS if kept.get(name, True))

    @property
    def images(self):
        """Images of each class that the published set gives, a tuple."""
        sequences = [PUBLISHED.get(name, 0) for name in self.class_names]
        return tuple(
            sum(sequences) if name == "neutral" else self.peaks * count
            for name, count in zip(self.class_names, sequences, strict=True)
        )


VERSION = "1.0.0"
CONFIGS = {
    "mohana2023": Config(peaks=4),
    "mohana2023_neutral": Config(peaks=4, neutral=True),
    "falahzadeh2021": Config(peaks=3, neutral=True, contempt=False),
    "falahzadeh2021_peak": Config(peaks=1, neutral=True, contempt=False),
    "ck48": Config(peaks=3, mirror=True),
}
DEFAULT_CONFIG = "mohana2023"
# By config, as these differ in their classes.
CLASS_NAMES = {name: config.class_names for name, config in CONFIGS.items()}
INSTRUCTIONS = (
    "Ask for CK+ at https://www.jeffcohn.net (for research only, "
    "under a signed agreement), unpack it and put its folders "
    "cohn-kanade-images and Emotion, unchanged, directly in manual_dir. For "
    "the config ck48, put the folder CK+48 there instead."
)
# Labelled sequences.
PUBLISHED = {
    "anger": 45,
    "contempt": 18,
    "disgust": 59,
    "fear": 25,
    "happy": 69,
    "sadness": 28,
    "surprise": 83,
}


def read(config, manual_dir):
    """Read the names and labels of the frames of a config, in name order.

    Of each labelled sequence, the labelled frame and those just before it are
    taken, as many as the config says; with neutral, the first frame too.

    Where there are not as many labelled sequences as in the published set, a
    warning tells how many. Where there are, the images must be as many.

    Args:
        config: a name in `CONFIGS`.
        manual_dir: folder holding the folders `cohn-kanade-images` and
            `Emotion`; for the config "ck48", the folder `CK+48`, or that
            folder itself.

    Returns: a dict of "train", the one split, to a dict of
        "image": list of n `pathlib.Path`, the PNG files;
        "label": int64 (n,), index into `CLASS_NAMES[config]`;
        "subject": str (n,), the person, such as "S005";
        "sequence": str (n,), the person's sequence, such as "001";
        "frame": int64 (n,), the number in the file's name;
        "row": int64 (n,), zero-based place among all image files by name,
            those that are not taken included.

    Raises:
        FileNotFoundError: where there are no images or no labels of them.
        ValueError: where the config is unknown, an image is there twice, a
            label is not as published, a sequence has no labelled frame or too
            few frames, the images of the published number of sequences are
            not as many as published, or a file is empty, cut short or no PNG.
    """
    if config not in CONFIGS:
        raise ValueError(
            f"config must be one of {', '.join(CONFIGS)}. Received: {config!r}"
        )
    chosen = CONFIGS[config]
    layout, folder = original, original.IMAGES
    if chosen.mirror:
        layout, folder = mirror, mirror.FOLDER
    root = folders.inside(
        pathlib.Path(manual_dir), lambda x: (x / folder).is_dir()
    )
    sequences = layout.label_sequences(root, chosen.peaks, INSTRUCTIONS)
    taken = []
    for name, frames in sequences:
        if name in chosen.class_names:
            taken += [(frame, name) for frame in frames[-chosen.peaks :]]
            if chosen.neutral:
                taken.append((frames[0], "neutral"))
    taken.sort(key=lambda pair: pair[0].row)
    _check_published(root, chosen, len(sequences), [name for _, name in taken])
    image_files.check_whole(
        [frame.path for frame, _ in taken], root, INSTRUCTIONS, "PNG"
    )

    label = [chosen.class_names.index(name) for _, name in taken]
    return {
        "train": {
            "image": [frame.path for frame, _ in taken],
            "label": np.array(label, np.int64),
            "subject": np.array([frame.subject for frame, _ in taken], str),
            "sequence": np.array([frame.sequence for frame, _ in taken], str),
            "frame": np.array([frame.number for frame, _ in taken], np.int64),
            "row": np.array([frame.row for frame, _ in taken], np.int64),
        }
    }


def _check_published(root, config, sequences, names):
    published = sum(PUBLISHED.values())
    if sequences != published:
        warnings.warn(
            f"{root}: {sequences} labelled sequences, where the published set "
            f"has {published}",
            stacklevel=3,
        )
        return
    counts = collections.Counter(names)
    received = [counts[name] for name in config.class_names]
    if tuple(received) != config.images:
        expected, found = (
            ", ".join(
                f"{name} {count}"
                for name, count in zip(config.class_names, numbers, strict=True)
            )
            for numbers in (config.images, received)
        )
        raise ValueError(
            f"{root}: expected of {published} labelled sequences the "
            f"{sum(config.images)} images {expected}. {INSTRUCTIONS} "
            f"Received: {len(names)} images, {found}"
        )
