"""The labels are right: a small network learns them from the real images."""

import os
from pathlib import Path

import cv2
import keras
import numpy as np
import pytest

from tfds_builders.fer2013 import reader as fer2013
from tfds_builders.ferplus import reader as ferplus

MANUAL_DIR = os.environ.get("FERKERAS_MANUAL_DIR", "")


def gradients(images):
    """Histograms of oriented gradients: 25 blocks of 4 cells of 9 angles."""
    block, cell = (16, 16), (8, 8)
    histograms = cv2.HOGDescriptor((48, 48), block, cell, cell, 9)
    return np.stack([histograms.compute(image) for image in images])


def accuracy(train, test, num_classes):
    """Accuracy in percent on `test` after 4 epochs on `train`."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.layers.BatchNormalization(),
            keras.layers.Dense(512, activation="relu"),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(num_classes),
        ]
    )
    steps = 4 * (len(train["label"]) // 256)
    model.compile(
        optimizer=keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(3e-3, steps)
        ),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.fit(gradients(train["image"]), train["label"], 256, 4, verbose=0)
    logits = model.predict(gradients(test["image"]), 512, verbose=0)
    return 100 * (logits.argmax(-1) == test["label"]).mean()


@pytest.mark.slow
@pytest.mark.skipif(
    not Path(MANUAL_DIR, "fer2013.csv").is_file(),
    reason="set FERKERAS_MANUAL_DIR to the folder of fer2013.csv and "
    "fer2013new.csv to train on the real images",
)
@pytest.mark.parametrize(
    "reader,config,least", [(fer2013, None, 52), (ferplus, "majority", 67)]
)
def test_a_small_network_learns_the_labels(reader, config, least):
    splits = reader.read(config, MANUAL_DIR)
    train, test = splits["train"], splits["test"]
    assert accuracy(train, test, len(reader.CLASS_NAMES)) > least
