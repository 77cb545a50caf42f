"""What a network is trained for."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from keras import ops
from keras.metrics import Metric, SparseCategoricalAccuracy

from ferkeras.data import Faces
from ferkeras.data.pipeline import Images
from ferkeras.losses import PeakSignalToNoise


def labels(faces: Faces) -> np.ndarray:
    """Class indices, int32 `(count,)`."""
    return faces.labels.astype("int32")


def pixels(faces: Faces) -> Images:
    """The images themselves, uint8."""
    return faces.pixels


def bicubic(images: np.ndarray) -> np.ndarray:
    """Halve images by block means, and enlarge them by cubic convolution.

    Args:
        images: uint8 `(count, height, width, colours)`, even sides.

    Returns:
        float32, same shape, 0 to 1.
    """
    count, height, width, colours = images.shape
    blocks = images.reshape(count, height // 2, 2, width // 2, 2, colours)
    small = blocks.mean((2, 4), np.float32) / 255
    large = ops.image.resize(small, images.shape[1:3], "bicubic")
    return np.clip(ops.convert_to_numpy(large), 0, 1)


@dataclass(frozen=True)
class Task:
    """What a network is trained for, and the score that chooses its epoch.

    Attributes:
        metric: name of the score in histories and records; more is better.
        unit: its unit in records and reports.
        scale: what brings a history's values to that unit.
        targets: `Faces -> (count, ...)`, what the network should say.
        measure: factory `(name=...) -> keras.Metric`.
        classifies: whether the network gives logits of classes, not pixels.
        reference: uint8 images -> the reconstructions, 0 to 1, of a method
            without training, to compare with.
    """

    metric: str
    unit: str
    scale: float
    targets: Callable[[Faces], Images]
    measure: Callable[..., Metric]
    classifies: bool
    reference: Callable[[np.ndarray], np.ndarray] | None = None

    def printed(self, value: float) -> str:
        """A history's value, in words."""
        return f"{self.scale * value:.1f} {self.unit}"


CLASSIFICATION = Task(
    "accuracy", "%", 100, labels, SparseCategoricalAccuracy, True
)
RECONSTRUCTION = Task("psnr", "dB", 1, pixels, PeakSignalToNoise, False)
SUPER_RESOLUTION = replace(RECONSTRUCTION, reference=bicubic)
