"""Labels sequences of CK+ as published, by its emotion files."""

import re

from tfds_builders import image_files
from tfds_builders.ck_plus.frames import EMOTIONS, STEM, find_frames

IMAGES, LABELS = "cohn-kanade-images", "Emotion"
# Neutral has a code too, 0, but no published sequence has it.
EMOTION_OF_CODE = dict(enumerate(EMOTIONS[1:], 1))
LABEL_NAME = re.compile(rf"{STEM}_EMOTION\.TXT")


def label_sequences(root, peaks, instructions):
    """Find the labelled sequences and their frames up to the labelled one.

    Sequences without an emotion file are unlabelled, not neutral, and left
    out. So are emotion files whose sequence has no images, and frames after
    the labelled one; the published set has neither, and a warning each names
    the sequences.

    Args:
        root: `pathlib.Path` of the folder that holds the folders
            `cohn-kanade-images` and `Emotion`.
        peaks: how many frames will be taken for peaks.
        instructions: how to get the files, for messages.

    Returns: a list of `(name of the emotion, frames)`, the frames a list of
        `Frame` by number, more than `peaks`: the first, neutral frame is no
        peak.

    Raises:
        FileNotFoundError: where no labelled sequence has images.
        ValueError: where a label is not as published, or a sequence lacks its
            labelled frame or frames before it.
    """
    frames = find_frames(root / IMAGES, instructions)
    labels = read_labels(root / LABELS, instructions)
    sequences, wrong, without, not_last = [], [], [], []
    for key, (name, number) in labels.items():
        if key not in frames:
            without.append("_".join(key))
            continue
        until = [frame for frame in frames[key] if frame.number <= number]
        if not until or until[-1].number != number:
            wrong.append(f"{'_'.join(key)} has no frame {number}")
        elif len(until) <= peaks:
            wrong.append(f"{'_'.join(key)} has {len(until)}")
        if len(until) < len(frames[key]):
            not_last.append("_".join(key))
        sequences.append((name, until))
    if wrong:
        raise ValueError(
            f"{root / IMAGES}: expected of each labelled sequence at least "
            f"{peaks + 1} frames, the labelled one the last. {instructions} "
            f"Received: {image_files.listed(wrong)}"
        )
    if not sequences:
        raise FileNotFoundError(
            f"{root / IMAGES}: expected images of labelled sequences. "
            f"{instructions} Received: images of {len(frames)} others"
        )
    image_files.warn_of(without, root, "emotion files have no images")
    image_files.warn_of(
        not_last,
        root,
        "sequences go on after their labelled frame; what follows it is left "
        "out",
    )
    return sequences


def read_labels(root, instructions):
    """Read the files `*_emotion.txt`, of which a labelled sequence has one.

    Other files, such as landmarks, and folders without files are passed over.
    Emotion files whose names are not of the published form are left out, and a
    warning names them.

    Args:
        root: `pathlib.Path` of the folder of emotion files.
        instructions: how to get them, for messages.

    Returns: a dict of `(subject, sequence)` to the name of the emotion and the
        number of the frame that has it.

    Raises:
        FileNotFoundError: where there is no emotion file.
        ValueError: where a sequence has two, or one does not hold one of the
            numbers 1 to 7.
    """
    named = image_files.find_named(
        root,
        LABEL_NAME,
        "S005_001_00000011_emotion.txt",
        instructions,
        "emotion files",
        ("emotion.txt",),
    )
    labels, path_of = {}, {}
    for _, path, (subject, sequence, number) in named:
        key = subject, sequence
        if key in labels:
            raise ValueError(
                f"{root}: expected one emotion file for a sequence. "
                f"{instructions} Received: {path_of[key].relative_to(root)}, "
                f"{path.relative_to(root)}"
            )
        labels[key] = _emotion(path, instructions), int(number)
        path_of[key] = path
    return labels


def _emotion(path, instructions):
    content = path.read_text(encoding="ascii", errors="replace")
    try:
        # Such as "   3.0000000e+00\n".
        return EMOTION_OF_CODE[float(content)]
    except (KeyError, ValueError):
        raise ValueError(
            f"{path}: expected one of the numbers 1 to 7. {instructions} "
            f"Received: {content!r}"
        ) from None
