"""Tests of reading FER+ and of its label rules."""

import os
import pathlib

import numpy as np
import pytest

from tfds_builders.fer2013 import fake_files as fer2013_files
from tfds_builders.fer2013 import reader as fer2013
from tfds_builders.ferplus import fake_files, labels, reader


@pytest.fixture(autouse=True)
def small(request, monkeypatch):
    if "real" not in request.fixturenames:
        monkeypatch.setattr(fer2013, "ROWS", fer2013_files.ROWS)


@pytest.fixture(scope="module")
def real():
    folder = pathlib.Path(os.environ.get("FERKERAS_MANUAL_DIR", ""))
    if not (folder / reader.FILE).is_file():
        pytest.skip(
            f"set FERKERAS_MANUAL_DIR to the folder that holds {reader.FILE}"
        )
    return reader.read_votes(folder)


@pytest.mark.parametrize(
    "votes, plurality, half, majority",
    [
        # All agree.
        ([0, 10, 0, 0, 0, 0, 0, 0, 0, 0], 1, 1, 1),
        # Anger leads with 4 of 10: no half.
        ([3, 0, 0, 3, 4, 0, 0, 0, 0, 0], 4, -1, -1),
        # 5 of 10 is at least half, not over half.
        ([5, 0, 0, 3, 2, 0, 0, 0, 0, 0], 0, 0, -1),
        # 5 of 10, but of 8 once the single votes are gone.
        ([1, 0, 5, 0, 0, 1, 3, 0, 0, 0], 2, 2, 2),
        # 4 of 10, but of 6 once the single votes are gone.
        ([1, 1, 0, 1, 0, 0, 2, 4, 1, 0], 7, -1, 7),
        # A tie goes to the first column; neither is over half.
        ([0, 0, 0, 5, 0, 0, 5, 0, 0, 0], 3, 3, -1),
        # A tie with unknown goes to the emotion, the first of the two.
        ([0, 0, 0, 0, 0, 0, 0, 5, 5, 0], 7, 7, -1),
        # Unknown leads; the emotion is short of half.
        ([4, 0, 0, 0, 0, 0, 0, 0, 6, 0], -1, -1, -1),
        # No face.
        ([0, 0, 0, 0, 0, 0, 0, 0, 0, 10], -1, -1, -1),
        # Nothing but single votes: none is left for the majority.
        ([1, 1, 1, 1, 1, 1, 1, 1, 1, 1], 0, -1, -1),
        # The one row of nine votes: 5 is over half of them.
        ([0, 0, 0, 0, 4, 5, 0, 0, 0, 0], 5, 5, 5),
    ],
)
def test_rules_give_the_labels_found_by_hand(votes, plurality, half, majority):
    found = {
        name: rule(np.array([votes], np.uint8)).tolist()
        for name, rule in labels.RULES.items()
    }
    assert found == {
        "plurality": [plurality],
        "half": [half],
        "majority": [majority],
    }


def test_rules_leave_the_votes_alone():
    votes = np.array([[1, 0, 5, 0, 0, 1, 3, 0, 0, 0]], np.uint8)
    before = votes.copy()
    for rule in labels.RULES.values():
        rule(votes)
    np.testing.assert_array_equal(votes, before)


def test_published_votes_give_the_nine_known_counts(real):
    votes, usage = real
    counts = {
        name: [np.sum(rule(votes)[usage == use] >= 0) for use in fer2013.SPLITS]
        for name, rule in labels.RULES.items()
    }
    assert counts == {
        "plurality": [28389, 3553, 3546],
        "half": [25373, 3225, 3160],
        "majority": [25060, 3199, 3153],
    }


@pytest.mark.parametrize("config", reader.CONFIGS)
def test_dropped_rows_leave_the_others_in_file_order(tmp_path, config):
    fake_files.write(tmp_path)
    splits = reader.read(config, tmp_path)
    rows = {name: list(split["row"]) for name, split in splits.items()}
    assert rows == {"train": [0, 2], "validation": [1, 6], "test": [3, 5]}
    for split in splits.values():
        expected = np.array(fake_files.LABELS)[split["row"]]
        np.testing.assert_array_equal(split["label"], expected)
    assert splits["train"]["votes"][1].tolist() == [
        1,
        0,
        7,
        0,
        0,
        0,
        2,
        0,
        0,
        0,
    ]


def test_configs_differ_in_the_rows_they_drop(tmp_path):
    lines = fake_files.lines()
    lines[1] = "Training,fer0000000.png,5,0,0,3,2,0,0,0,0,0"
    lines[3] = "Training,fer0000002.png,4,0,3,3,0,0,0,0,0,0"
    fake_files.write(tmp_path, lines)
    rows = {
        config: reader.read(config, tmp_path)["train"]["row"].tolist()
        for config in reader.CONFIGS
    }
    assert rows == {"plurality": [0, 2], "half": [0], "majority": []}


def test_images_are_those_of_fer2013(tmp_path):
    fake_files.write(tmp_path)
    images, _, usage = fer2013.read_images(tmp_path)
    split = reader.read("plurality", tmp_path)["validation"]
    np.testing.assert_array_equal(split["image"], images[usage == "PublicTest"])


def test_types_are_as_promised(tmp_path):
    fake_files.write(tmp_path)
    for split in reader.read("half", tmp_path).values():
        types = {name: array.dtype.name for name, array in split.items()}
        assert types == {
            "image": "uint8",
            "label": "int64",
            "votes": "uint8",
            "row": "int64",
        }


@pytest.mark.parametrize(
    "row, expected, received",
    [
        ("Training,a.png,10,0,0,0,0,0,0,0,0", "12 columns", "11 columns"),
        ("Train,a.png,10,0,0,0,0,0,0,0,0,0", "Usage among", "'Train'"),
        (
            "PublicTest,a.png,10,0,0,0,0,0,0,0,0,0",
            "Usage of that line of fer2013.csv, Training",
            "PublicTest",
        ),
        ("Training,a.png,9,-1,0,0,0,0,0,0,0,0", "integers", "9,-1,0"),
        ("Training,a.png,9,.5,0,0,0,0,0,0,0,0", "integers", "9,.5,0"),
        ("Training,a.png,9,,0,0,0,0,0,0,0,0", "integers", "9,,0"),
        ("Training,a.png,11,0,0,0,0,0,0,0,0,0", "0 to 10", "11,0,0"),
    ],
)
def test_malformed_row_is_named(tmp_path, row, expected, received):
    lines = fake_files.lines()
    lines[3] = row
    fake_files.write(tmp_path, lines)
    with pytest.raises(ValueError) as error:
        reader.read("plurality", tmp_path)
    place, reason = str(error.value).split(": ", 1)
    assert place == f"{tmp_path / reader.FILE}, line 4"
    assert expected in reason
    assert "github.com/microsoft/FERPlus" in reason
    assert received in reason.rpartition("Received: ")[2]


def test_another_usage_is_named_by_its_line_in_the_file(tmp_path):
    first, *lines = fake_files.lines()
    lines[3] = "PublicTest,a.png,10,0,0,0,0,0,0,0,0,0"
    fake_files.write(tmp_path, [first, "", "", *lines])
    with pytest.raises(ValueError, match="fer2013new.csv, line 7: .*Usage of"):
        reader.read("plurality", tmp_path)


def test_malformed_image_is_named(tmp_path):
    fake_files.write(tmp_path)
    lines = fer2013_files.lines()
    fer2013_files.write(tmp_path, [*lines[:2], "9,0,Training", *lines[3:]])
    with pytest.raises(ValueError, match="fer2013.csv, line 3: "):
        reader.read("plurality", tmp_path)


def test_wrong_header_is_named(tmp_path):
    lines = fake_files.lines()
    fake_files.write(tmp_path, [lines[0].replace("NF", "none"), *lines[1:]])
    with pytest.raises(ValueError, match=r"fer2013new.csv, line 1: .*Received"):
        reader.read("plurality", tmp_path)


def test_wrong_number_of_rows_is_named(tmp_path):
    fake_files.write(tmp_path, fake_files.lines()[:-1])
    message = "fer2013new.csv, line 7: .* expected 7 rows.* Received: 6 rows$"
    with pytest.raises(ValueError, match=message):
        reader.read("plurality", tmp_path)


def in_order(count=300):
    """Labels, and votes of which two thirds are for them."""
    rng = np.random.default_rng(0)
    emotion = rng.integers(0, 7, count)
    votes = np.zeros((count, 10), np.uint8)
    # Neutral's column is the first, FER2013's last class.
    seen = np.where(np.arange(count) % 3, emotion, (emotion + 1) % 7)
    columns = np.array([4, 5, 6, 1, 3, 2, 0])
    votes[np.arange(count), columns[seen]] = 10
    return emotion, votes


def test_lines_in_another_order_are_refused(tmp_path):
    fake_files.write(tmp_path)
    emotion, votes = in_order()
    reader.check_order(emotion, votes, tmp_path)
    message = r"fer2013new.csv: .*another order.* Received: \d+%, where"
    with pytest.raises(ValueError, match=message):
        reader.check_order(emotion, np.roll(votes, 1, axis=0), tmp_path)
    # A fifth of many.
    votes[:60] = np.roll(votes[:60], 1, axis=0)
    emotion, votes = np.tile(emotion, 100), np.tile(votes, (100, 1))
    with pytest.raises(ValueError, match=message):
        reader.check_order(emotion, votes, tmp_path)


def test_the_published_files_agree(real):
    votes, _ = real
    _, emotion, _ = fer2013.read_images(os.environ["FERKERAS_MANUAL_DIR"])
    found = votes[:, reader.EMOTIONS]
    agree = found[np.arange(len(votes)), emotion] == found.max(axis=1)
    assert 0.65 < agree.mean() < 0.66
    reader.check_order(emotion, votes, "")


@pytest.mark.parametrize("missing", ["fer2013.csv", "fer2013new.csv"])
def test_missing_file_is_named(tmp_path, missing):
    fake_files.write(tmp_path)
    (tmp_path / missing).unlink()
    with pytest.raises(FileNotFoundError, match=f"{missing}: .*Download"):
        reader.read("plurality", tmp_path)


def test_unknown_config_is_refused(tmp_path):
    message = "one of plurality, half, majority. Received: 'most'"
    with pytest.raises(ValueError, match=message):
        reader.read("most", tmp_path)
