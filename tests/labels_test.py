"""The labels are right: a small network learns them from the real images."""

import os
from pathlib import Path

import cv2
import keras
import numpy as np
import pytest

from ferkeras.data import Faces
from tfds_builders.fer2013 import reader as fer2013
from tfds_builders.ferplus import reader as ferplus

MANUAL_DIR = os.environ.get("FERKERAS_MANUAL_DIR", "")


def gradients(images):
    """Histograms of oriented gradients: 25 blocks of 4 cells of 9 angles."""
    block, cell = (16, 16), (8, 8)
    histograms = cv2.HOGDescriptor((48, 48), block, cell, cell, 9)
    return np.stack([histograms.compute(image) for image in images])


def accuracy(splits, num_classes, epochs=12):
    """PrivateTest accuracy in percent after the last epoch."""
    train, test = (
        Faces(columns["image"], columns["label"], columns["row"])
        for columns in (splits["train"], splits["test"])
    )
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.layers.BatchNormalization(),
            keras.layers.Dense(512, activation="relu"),
            keras.layers.Dropout(0.6),
            keras.layers.Dense(num_classes),
        ]
    )
    steps = epochs * (len(train.labels) // 128)
    model.compile(
        optimizer=keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(2e-3, steps)
        ),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.fit(gradients(train.images), train.labels, 128, epochs, verbose=0)
    logits = model.predict(gradients(test.images), 512, verbose=0)
    return 100 * (logits.argmax(-1) == test.labels).mean()


@pytest.mark.slow
@pytest.mark.skipif(
    not Path(MANUAL_DIR, "fer2013.csv").is_file(),
    reason="set FERKERAS_MANUAL_DIR to the folder of fer2013.csv and "
    "fer2013new.csv to train on the real images",
)
@pytest.mark.parametrize(
    "reader,config,least", [(fer2013, None, 55), (ferplus, "majority", 70)]
)
def test_a_small_network_learns_the_labels(reader, config, least):
    splits = reader.read(config, MANUAL_DIR)
    assert accuracy(splits, len(reader.CLASS_NAMES)) > least
