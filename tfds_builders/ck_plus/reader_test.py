"""Tests of reading CK+."""

import os
import pathlib

import cv2
import numpy as np
import pytest

from tfds_builders.ck_plus import fake_files, mirror, original, reader
from tfds_builders.testing import told

SIX = ("anger", "disgust", "fear", "happy", "sadness", "surprise")
SEVEN = ("anger", "contempt", *SIX[1:])
# Images by class of the published set, as in the papers where these tell.
PUBLISHED = {
    "mohana2023": (180, 72, 236, 100, 276, 112, 332),
    "mohana2023_neutral": (327, 180, 72, 236, 100, 276, 112, 332),
    "falahzadeh2021": (309, 135, 177, 75, 207, 84, 249),
    "falahzadeh2021_peak": (309, 45, 59, 25, 69, 28, 83),
    "ck48": (135, 54, 177, 75, 207, 84, 249),
}
PIXEL = cv2.imencode(".png", np.zeros((1, 1), np.uint8))[1].tobytes()
BMP = cv2.imencode(".bmp", np.zeros((9, 9)))[1].tobytes()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Both layouts of a small set whose sequences are all published."""
    monkeypatch.setattr(reader, "PUBLISHED", fake_files.PUBLISHED)
    fake_files.write_original(tmp_path)
    fake_files.write_mirror(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Files of one pixel with as many sequences as the published set."""
    folder = tmp_path_factory.mktemp("published")
    labels = np.repeat(list(reader.PUBLISHED), [*reader.PUBLISHED.values()])
    # As in the published set: 593 sequences of 123 persons.
    keys = [(f"S{5 + i % 123:03}", f"{1 + i // 123:03}") for i in range(593)]
    sequences = {
        key: (str(label), range(1, 6 + i % 3))
        for i, (key, label) in enumerate(zip(keys, labels, strict=False))
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fake_files, "png", lambda *_: PIXEL)
        fake_files.write_original(
            folder, sequences, dict.fromkeys(keys[327:], (1,))
        )
        fake_files.write_mirror(folder, sequences)
    return folder


@pytest.fixture(params=reader.CONFIGS)
def real(request):
    folder = pathlib.Path(os.environ.get("FERKERAS_MANUAL_DIR", ""))
    config = request.param
    needed = mirror.FOLDER if config == "ck48" else original.IMAGES
    if not (folder / needed).is_dir():
        pytest.skip(
            f"set FERKERAS_MANUAL_DIR to the folder that holds {needed}"
        )
    return config, *read_warned(config, folder)


def read_warned(config, folder):
    """What was read, and the warnings."""
    columns, texts = told(reader.read, config, folder)
    return columns["train"], texts


def frames_of(config, columns):
    """Numbers of the frames by subject, sequence and label, in their order."""
    found = {}
    for subject, sequence, label, frame in zip(
        *(columns[n] for n in ("subject", "sequence", "label", "frame")),
        strict=True,
    ):
        name = reader.CLASS_NAMES[config][label]
        found.setdefault((subject, sequence, name), []).append(int(frame))
    return found


def expected_frames(peaks, neutral=False, contempt=True):
    """What `frames_of` should return of `fake_files.SEQUENCES`."""
    frames = {}
    for key, (name, numbers) in fake_files.SEQUENCES.items():
        if name != "contempt" or contempt:
            frames[*key, name] = list(numbers[-peaks:])
            if neutral:
                frames[*key, "neutral"] = [numbers[0]]
    return frames


@pytest.mark.parametrize(
    "config, names, frames",
    [
        ("mohana2023", SEVEN, expected_frames(4)),
        ("mohana2023_neutral", ("neutral", *SEVEN), expected_frames(4, True)),
        ("falahzadeh2021", ("neutral", *SIX), expected_frames(3, True, False)),
        (
            "falahzadeh2021_peak",
            ("neutral", *SIX),
            expected_frames(1, True, False),
        ),
        ("ck48", SEVEN, expected_frames(3)),
    ],
)
def test_config_chooses_frames_and_classes(folder, config, names, frames):
    splits = reader.read(config, folder)
    assert list(splits) == ["train"]
    assert reader.CLASS_NAMES[config] == names
    assert frames_of(config, splits["train"]) == frames


@pytest.mark.parametrize("config", reader.CONFIGS)
def test_a_frame_is_in_one_class_only_and_small_sets_raise_no_warning(
    folder, config
):
    columns, messages = read_warned(config, folder)
    assert not messages
    assert len(set(columns["image"])) == len(columns["image"])
    assert (np.diff(columns["row"]) > 0).all()


@pytest.mark.parametrize("config", reader.CONFIGS)
def test_columns_tell_of_the_image_beside_them(folder, config):
    columns = reader.read(config, folder)["train"]
    keys = zip(
        *(columns[name] for name in ("subject", "sequence", "frame")),
        strict=True,
    )
    names = [fake_files.image_name(*key) for key in keys]
    assert [path.name for path in columns["image"]] == names


def test_rows_count_images_that_are_not_taken(folder):
    columns = reader.read("falahzadeh2021", folder)["train"]
    # Of S005: the first frame and the last three of six. Then two unlabelled
    # images of S010, and its next sequence, likewise.
    assert columns["row"][:8].tolist() == [0, 3, 4, 5, 8, 11, 12, 13]
    # The mirror has rows of its own.
    columns = reader.read("ck48", folder)["train"]
    assert columns["row"].tolist() == list(range(21))


@pytest.mark.parametrize("config", reader.CONFIGS)
def test_types_are_as_promised(folder, config):
    columns = reader.read(config, folder)["train"]
    images = columns.pop("image")
    assert all(isinstance(path, pathlib.Path) for path in images)
    types = {name: array.dtype.str[1:] for name, array in columns.items()}
    assert types == {
        "label": "i8",
        "subject": "U4",
        "sequence": "U3",
        "frame": "i8",
        "row": "i8",
    }


@pytest.mark.parametrize("config", reader.CONFIGS)
def test_published_set_gives_the_published_counts(published, config):
    columns, messages = read_warned(config, published)
    assert not messages
    counts = np.bincount(columns["label"])
    assert tuple(counts) == PUBLISHED[config]


def test_published_counts_are_those_of_the_papers():
    totals = {name: sum(counts) for name, counts in PUBLISHED.items()}
    assert sum(reader.PUBLISHED.values()) == 327
    assert totals == {
        "mohana2023": 1308,
        "mohana2023_neutral": 1635,
        "falahzadeh2021": 1236,
        "falahzadeh2021_peak": 618,
        "ck48": 981,
    }


@pytest.mark.parametrize("config", reader.CONFIGS)
def test_other_counts_of_the_published_number_of_sequences_are_refused(
    published, config, monkeypatch
):
    wrong = {**reader.PUBLISHED, "anger": 44, "fear": 26}
    monkeypatch.setattr(reader, "PUBLISHED", wrong)
    peaks = reader.CONFIGS[config].peaks
    message = (
        rf"expected of 327 labelled .* anger {44 * peaks},.* fear {26 * peaks},"
        rf".*Received: .* anger {45 * peaks},.* fear {25 * peaks},"
    )
    with pytest.raises(ValueError, match=message):
        reader.read(config, published)


@pytest.mark.parametrize("config", reader.CONFIGS)
def test_part_of_the_published_set_is_counted(tmp_path, config):
    fake_files.write_original(tmp_path)
    fake_files.write_mirror(tmp_path)
    columns, (warning,) = read_warned(config, tmp_path)
    assert warning.endswith(
        "7 labelled sequences, where the published set has 327"
    )
    assert len(columns["image"]) == sum(
        map(len, frames_of(config, columns).values())
    )


@pytest.mark.parametrize(
    "change, fault",
    [
        (lambda content: b"", "empty"),
        (lambda content: content[:-4], "cut short or damaged"),
        (
            lambda content: cv2.imencode(".bmp", np.zeros((9, 9)))[1].tobytes(),
            "no PNG",
        ),
    ],
)
@pytest.mark.parametrize("config", ["mohana2023", "ck48"])
def test_broken_file_is_named(folder, config, change, fault):
    for path in folder.rglob("S005_001_00000006.png"):
        path.write_bytes(change(path.read_bytes()))
    message = f"whole PNG.* Received: 1 {fault}: .*S005_001_00000006.png$"
    with pytest.raises(ValueError, match=message):
        reader.read(config, folder)


def test_broken_file_that_is_not_taken_is_no_fault(folder):
    path = folder / "cohn-kanade-images/S005/001/S005_001_00000002.png"
    path.write_bytes(b"")
    assert len(reader.read("mohana2023", folder)["train"]["image"]) == 28


@pytest.mark.parametrize("config", [None, "", "ck"])
def test_unknown_config_is_refused(folder, config):
    with pytest.raises(ValueError, match="one of mohana2023, .*Received: "):
        reader.read(config, folder)


def test_published_files_are_the_published_set(real):
    config, columns, messages = real
    assert not messages
    assert tuple(np.bincount(columns["label"])) == PUBLISHED[config]
    if "contempt" in reader.CLASS_NAMES[config]:
        assert len(set(columns["subject"])) == 118
