"""Labels sequences of the mirror CK+48, by its folders."""

from tfds_builders import image_files
from tfds_builders.ck_plus.frames import EMOTIONS, find_frames

FOLDER = "CK+48"


def label_sequences(root, peaks, instructions):
    """Find the sequences of all folders of emotions.

    Args:
        root: `pathlib.Path` of the folder that holds the folder `CK+48`, or of
            that folder.
        peaks: how many frames each sequence has.
        instructions: how to get the files, for messages.

    Returns: a list of `(name of the emotion, frames)`, the frames a list of
        `peaks` `Frame` by number.

    Raises:
        FileNotFoundError: where there are no images.
        ValueError: where a sequence is in other folders than that of one
            emotion, or has not as many frames.
    """
    if (root / FOLDER).is_dir():
        root /= FOLDER
    sequences, wrong = [], []
    for key, frames in find_frames(root, instructions).items():
        folders = sorted({frame.path.parent.name for frame in frames})
        name = folders[0].lower()
        if len(folders) > 1 or name not in EMOTIONS[1:]:
            wrong.append(f"{'_'.join(key)} is in {' and '.join(folders)}")
        elif len(frames) != peaks:
            wrong.append(f"{'_'.join(key)} has {len(frames)}")
        sequences.append((name, frames))
    if wrong:
        raise ValueError(
            f"{root}: expected of each sequence {peaks} frames in one of the "
            f"folders {', '.join(EMOTIONS[1:])}. {instructions} Received: "
            f"{image_files.listed(wrong)}"
        )
    return sequences
