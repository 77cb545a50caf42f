"""Tests of the prior computed from the votes of FER+."""

import os
import pathlib

import numpy as np
import pytest

from tfds_builders.fer2013 import reader as fer2013
from tfds_builders.ferplus import fake_files, labels, prior, reader

# Vo et al., Table 2, in thousandths.
TABLE_2 = [
    [777, 33, 17, 114, 26, 7, 4, 21],
    [43, 918, 23, 5, 4, 2, 2, 4],
    [58, 36, 787, 10, 14, 3, 89, 2],
    [170, 13, 9, 748, 23, 11, 16, 10],
    [75, 25, 60, 32, 741, 35, 23, 9],
    [90, 17, 17, 89, 125, 621, 8, 34],
    [43, 12, 169, 73, 27, 13, 659, 4],
    [148, 22, 10, 43, 34, 60, 6, 678],
]
# Of the authors' constants for RAF-DB, in their order of classes.
RELEASED_SUMS = [0.9910, 0.9663, 0.9963, 0.9964, 0.9792, 0.9899, 0.9976]
SAME = np.identity(8)


@pytest.fixture(scope="module")
def real():
    folder = pathlib.Path(os.environ.get("FERKERAS_MANUAL_DIR", ""))
    if not (folder / reader.FILE).is_file():
        pytest.skip(
            f"set FERKERAS_MANUAL_DIR to the folder that holds {reader.FILE}"
        )
    return reader.read_votes(folder)


def made_up():
    """Ten votes for each class's own emotion, one image a class."""
    votes = np.zeros((8, 10), np.uint8)
    votes[:, :8] = 10 * np.identity(8)
    return votes, np.full(8, "Training", object)


def test_published_votes_give_table_2_in_all_64_cells(real):
    np.testing.assert_array_equal(np.round(1000 * prior.prior(*real)), TABLE_2)


def test_published_votes_are_those_of_25373_images(real):
    found = prior.training_labels(*real)
    # Table 3, but for a neutral and a sad face that the authors' set lacks.
    counts = [9030 + 1, 7335, 3173, 3047 + 1, 2054, 107, 510, 115]
    assert np.bincount(found[found >= 0]).tolist() == counts
    assert sum(counts) == 25373


def test_published_votes_give_the_sums_of_the_released_constants(real):
    short = prior.for_classes(prior.prior(*real), prior.RAF_DB, False)
    np.testing.assert_array_equal(np.round(short.sum(1), 4), RELEASED_SUMS)


def test_made_up_votes_by_hand():
    votes, usage = made_up()
    more = [
        # Unknown and NF do not count: 6/8 neutral, 2/8 sadness.
        ([6, 0, 0, 2, 0, 0, 0, 0, 1, 1], "Training"),
        # A tie is the first one's.
        ([5, 0, 0, 0, 0, 0, 0, 5, 0, 0], "Training"),
        # No half of ten, and not for training.
        ([4, 3, 0, 0, 0, 0, 0, 3, 0, 0], "Training"),
        ([9, 1, 0, 0, 0, 0, 0, 0, 0, 0], "PublicTest"),
        ([9, 0, 1, 0, 0, 0, 0, 0, 0, 0], "PrivateTest"),
    ]
    votes = np.vstack([votes, [row for row, _ in more]]).astype(np.uint8)
    usage = np.array([*usage, *(use for _, use in more)])
    found = prior.prior(votes, usage)
    # Neutral: (1, 0), (3/4, 1/4) and (1/2, 1/2) of three images.
    expected = SAME.copy()
    expected[0] = [2.25 / 3, 0, 0, 0.25 / 3, 0, 0, 0, 0.5 / 3]
    np.testing.assert_allclose(found, expected, 1e-12)
    assert prior.training_labels(votes, usage).tolist() == [
        *range(8),
        *(0, 0, -1, -1, -1),
    ]


def test_class_without_images_is_named():
    votes, usage = made_up()
    with pytest.raises(ValueError, match="Received: none of fear"):
        prior.prior(np.delete(votes, 6, 0), usage[1:])


def test_order_of_affectnet():
    # Cell (i, j) is 8 i + j, so that a cell tells where it came from.
    found = prior.for_classes(np.arange(64).reshape(8, 8), prior.AFFECTNET, 0)
    assert found[0].tolist() == [0, 1, 3, 2, 6, 5, 4, 7]
    assert (found[:, 0] / 8).tolist() == [0, 1, 3, 2, 6, 5, 4, 7]
    seven = prior.for_classes(SAME, prior.AFFECTNET[:7])
    assert seven.shape == (7, 7) and labels.CLASS_NAMES[7] == "contempt"


def test_order_of_raf_db():
    found = prior.for_classes(np.arange(64).reshape(8, 8), prior.RAF_DB, 0)
    assert found[4].tolist() == [4, 5, 6, 1, 0, 3, 2]
    assert found[1].tolist() == [44, 45, 46, 41, 40, 43, 42]


def test_seven_classes_sum_to_1_or_lack_contempt():
    matrix = np.full((8, 8), 0.05) + 0.6 * SAME
    short = prior.for_classes(matrix, prior.RAF_DB, renormalize=False)
    np.testing.assert_allclose(short.sum(axis=1), 0.95)
    whole = prior.for_classes(matrix, prior.RAF_DB)
    np.testing.assert_allclose(whole, short / 0.95)


@pytest.mark.parametrize("names", [("joy", "fear"), ("fear", "fear")])
def test_unknown_and_repeated_classes_are_refused(names):
    with pytest.raises(ValueError, match="at most. Received: .*fear"):
        prior.for_classes(SAME, names)


def test_command_prints_six_decimals(tmp_path, monkeypatch, capsys):
    votes, _ = made_up()
    lines = [
        f"Training,fer{i:07}.png,{','.join(map(str, row))}"
        for i, row in enumerate(votes)
    ]
    monkeypatch.setattr(fer2013, "ROWS", len(lines))
    fake_files.write(tmp_path, [fake_files.HEADER, *lines])
    prior.main([str(tmp_path)])
    header, first, *_ = capsys.readouterr().out.splitlines()
    assert header.split(",")[1:] == list(labels.CLASS_NAMES)
    assert first == "neutral,1.000000" + ",0.000000" * 7


def test_the_kept_prior_is_what_the_command_prints(real, capsys):
    prior.main([os.environ["FERKERAS_MANUAL_DIR"]])
    assert capsys.readouterr().out == prior.FILE.read_text()


def test_the_kept_prior_equals_table_2():
    assert (np.rint(1000 * prior.read()) == TABLE_2).all()
