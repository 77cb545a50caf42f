"""Photographs that packages ship, a drawn video, and a model to ask."""

from pathlib import Path

import cv2
import keras
import matplotlib
import numpy as np
import pytest

from ferkeras.scoring.export import classifier

SIZE = 16
# Where the face is, read off the picture: left, top, width and height, between
# the ears and from the forehead, which hat and hair hide, to the chin.
BOXES = {
    "grace_hopper.jpg": (185, 125, 170, 212),
    "astronaut.png": (181, 67, 88, 111),
}


def path_of(name):
    """Path of one of `BOXES`, whose package must be there."""
    if name == "astronaut.png":
        skimage = pytest.importorskip("skimage")
        return Path(skimage.__file__).parent / "data" / name
    return Path(matplotlib.get_data_path()) / "sample_data" / name


def photo(name):
    """A photograph, uint8 `(height, width, 3)`."""
    return cv2.imread(str(path_of(name)))[..., ::-1].copy()


def brightness(colours=1, size=SIZE):
    """Model that says how bright a picture is: `dark` or `bright`."""
    inputs = keras.Input((size, size, colours), dtype="uint8")
    mean = keras.layers.Rescaling(1 / 255)(inputs)
    mean = keras.layers.GlobalAveragePooling2D()(mean)
    network = keras.Model(inputs, keras.layers.Dense(2, name="logits")(mean))
    slope = np.array([[-9.0, 9.0]] * colours) / colours
    network.get_layer("logits").set_weights([slope, np.array([4.5, -4.5])])
    model = classifier(network, ("dark", "bright"))
    model.class_names = ("dark", "bright")
    return model


def write_video(path, count=10, rate=5):
    """Write a video of ever brighter frames, 64 x 48 pixels."""
    code = cv2.VideoWriter.fourcc(*"mp4v")
    writer = cv2.VideoWriter(str(path), code, rate, (64, 48))
    for number in range(count):
        writer.write(np.full((48, 64, 3), 20 * number, np.uint8))
    writer.release()


def overlap(box, other):
    """Area that two boxes share over the area that they cover."""
    box, other = np.array(box, float), np.array(other, float)
    low = np.maximum(box[:2], other[:2])
    high = np.minimum(box[:2] + box[2:], other[:2] + other[2:])
    shared = np.prod(np.maximum(high - low, 0))
    return shared / (box[2] * box[3] + other[2] * other[3] - shared)


def near(box, expected):
    """Whether each side is within a tenth of the expected box's size."""
    left, top, width, height = np.abs(np.subtract(box, expected))
    return max(left, width) < expected[2] / 10 and max(top, height) < (
        expected[3] / 10
    )
