"""Writes a small CK+ of drawn faces for tests, in both layouts."""

import functools

import cv2
import numpy as np

from tfds_builders.ck_plus import mirror, original, reader
from tfds_builders.ck_plus.frames import EMOTIONS
from tfds_builders.synthetic_faces import action_units, draw

# Subject and sequence: emotion, frame numbers. Two sequences of S010 and two
# of S011; the frames of one start late and have gaps, another passes 99.
SEQUENCES = {
    ("S005", "001"): ("disgust", (1, 2, 3, 4, 5, 6)),
    ("S010", "004"): ("anger", (3, 4, 7, 9, 10, 12)),
    ("S010", "006"): ("happy", (1, 2, 3, 4, 5)),
    ("S011", "003"): ("fear", (1, 2, 3, 4, 5)),
    ("S014", "002"): ("sadness", (1, 2, 3, 4, 5)),
    ("S138", "008"): ("contempt", (1, 2, 3, 4, 5)),
    ("S999", "001"): ("surprise", (96, 97, 98, 99, 100)),
}
UNLABELLED = {("S010", "001"): (1, 2), ("S011", "002"): (1,)}
# Images in RGB, and of the other height.
COLOURED = {("S010", "006"), ("S138", "008")}
PUBLISHED = dict.fromkeys(reader.PUBLISHED, 1)
PASSED_OVER = (
    ".DS_Store",
    "._S005_001_00000006.png",
    "S005_001_00000006_landmarks.txt",
    "S005_001_00000006_facs.txt",
    "Thumbs.db",
)
DRAWN = {"happy": "happiness"}


@functools.cache
def png(label, colour=False, seed=0):
    """Draw a face, 64 pixels wide and 49 or 48 high, as a PNG file's bytes."""
    face = draw.draw_face(
        action_units.CLASS_NAMES.index(DRAWN.get(label, label)),
        np.random.default_rng((seed, 0)),
        np.random.default_rng((seed, 1)),
        64,
    )
    if colour:
        face = np.stack([face // 2, face // 4 * 3, face], axis=-1)[:48]
    return cv2.imencode(".png", face[:49])[1].tobytes()


def image_name(subject, sequence, number):
    """Name of an image file, such as `S005_001_00000011.png`."""
    return f"{subject}_{sequence}_{number:08}.png"


def seed(subject, sequence, number):
    """Another seed for each image, so that no two are equal."""
    return int(f"{subject[1:]}{sequence}{number:08}")


def write_original(folder, sequences=None, unlabelled=None):
    """Write the folders `cohn-kanade-images` and `Emotion`.

    Args:
        folder: `pathlib.Path` to write to.
        sequences: labelled ones, as in `SEQUENCES`.
        unlabelled: the others, a dict of subject and sequence to numbers.
    """
    if sequences is None:
        sequences, unlabelled = SEQUENCES, UNLABELLED
    labels = folder / original.LABELS
    for key, (label, numbers) in sequences.items():
        _write_frames(folder, key, numbers, label)
        name = "_".join((*key, f"{numbers[-1]:08}", "emotion.txt"))
        code = EMOTIONS.index(label)
        _write(labels.joinpath(*key, name), f"   {code}.0000000e+00\n".encode())
    for key, numbers in unlabelled.items():
        _write_frames(folder, key, numbers, "neutral")
    # Some unlabelled sequences have a folder of labels, others have none.
    labels.joinpath("S010", "001").mkdir(parents=True, exist_ok=True)
    for place in (original.IMAGES, original.LABELS):
        for name in PASSED_OVER:
            _write(folder / place / "S005" / "001" / name, b"\0\5\x16\7")


def write_people(folder, people=24, each=3):
    """Write labelled sequences of five frames, classes in turn, and no others.

    Args:
        folder: `pathlib.Path` to write to.
        people: how many.
        each: sequences of each of them.
    """
    labels = [*reader.PUBLISHED]
    sequences = {
        (f"S{person:03}", f"{place:03}"): (
            labels[(each * person + place) % len(labels)],
            range(1, 6),
        )
        for person in range(people)
        for place in range(each)
    }
    write_original(folder, sequences, {})


def write_mirror(folder, sequences=None):
    """Write the folder `CK+48` with the last three frames of sequences.

    Args:
        folder: `pathlib.Path` to write to.
        sequences: as in `SEQUENCES`.
    """
    for key, (label, numbers) in (sequences or SEQUENCES).items():
        for number in numbers[-3:]:
            place = folder / mirror.FOLDER / label
            content = png(label, False, seed(*key, number))
            _write(place / image_name(*key, number), content)
    for name in PASSED_OVER:
        _write(folder / mirror.FOLDER / "disgust" / name, b"\0\5\x16\7")


def _write_frames(folder, key, numbers, label):
    for number in numbers:
        name = image_name(*key, number)
        shown = "neutral" if number == numbers[0] else label
        content = png(shown, key in COLOURED, seed(*key, number))
        _write(folder.joinpath(original.IMAGES, *key, name), content)


def _write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
