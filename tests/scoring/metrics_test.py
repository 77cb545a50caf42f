import numpy as np
import pytest

from ferkeras.scoring import metrics

# Three of class a (two right), one of class b (right), none of c.
LABELS = np.array([0, 0, 0, 1])
PROBABILITIES = np.array(
    [[0.8, 0.1, 0.1], [0.6, 0.4, 0.0], [0.1, 0.9, 0.0], [0.2, 0.7, 0.1]]
)


def test_scores_are_those_counted_by_hand():
    scores = metrics.scores(LABELS, PROBABILITIES, "abc")
    assert scores["accuracy"] == 75
    # Recalls 2/3 and 1; class c has no image and no part in the mean.
    assert scores["mean_recall"] == pytest.approx(100 * (2 / 3 + 1) / 2)
    # F1: a has precision 1, recall 2/3 -> 0.8; b precision 1/2, recall 1.
    assert scores["macro_f1"] == pytest.approx(100 * (0.8 + 2 / 3) / 2)
    nll = -np.log([0.8, 0.6, 0.1, 0.7]).mean()
    assert scores["nll"] == pytest.approx(nll)
    assert scores["classes"]["b"]["precision"] == 50
    assert scores["macro_precision"] == 75
    assert scores["classes"]["c"]["images"] == 0


def test_images_that_training_has_too_are_left_out():
    repeated = np.array([True, False, False, False])
    assert metrics.unseen(LABELS, PROBABILITIES, repeated) == {
        "images": 3,
        "accuracy": pytest.approx(200 / 3),
    }
    assert metrics.unseen(LABELS, PROBABILITIES, LABELS < 2) == {
        "images": 0,
        "accuracy": None,
    }


def test_confusion_has_true_rows():
    matrix = metrics.confusion(LABELS, PROBABILITIES)
    assert matrix.tolist() == [[2, 1, 0], [0, 1, 0], [0, 0, 0]]


def test_calibration_error_is_the_gap_of_confidence():
    # Always 80 % sure and right three times of four: 5 points too sure.
    probabilities = np.tile([0.8, 0.2], (4, 1))
    error = metrics.expected_calibration_error(
        np.array([0, 0, 0, 1]), probabilities
    )
    assert error == pytest.approx(5)
    # Right whenever it is fully sure.
    sure = np.eye(2)[[0, 1, 0]]
    assert metrics.expected_calibration_error(np.array([0, 1, 0]), sure) == 0


# papers.md, section 3: the losses that mohana2023 prints.
@pytest.mark.parametrize("error,decibels", [(0.0228, 16.42), (0.0428, 13.69)])
def test_the_ratio_of_a_reconstruction_is_that_of_its_error(error, decibels):
    images = np.full((4, 6, 6, 1), 51, np.uint8)
    found = metrics.reconstruction_scores(images, 0.2 + np.sqrt(error))
    assert found["mse"] == pytest.approx(error, rel=1e-5)
    assert found["psnr"] == pytest.approx(decibels, abs=0.005)
    # 20 log10 255 more, if 255 is taken for the peak.
    gain = found["psnr_mixed"] - found["psnr"]
    assert gain == pytest.approx(20 * np.log10(255), abs=1e-4)


def test_what_cannot_be_shown_is_no_error():
    images = np.array([0, 255, 0, 0], np.uint8).reshape(4, 1, 1, 1)
    found = np.array([-3.0, 1.5, 0.5, 0.0]).reshape(4, 1, 1, 1)
    assert metrics.reconstruction_scores(images, found)["mse"] == 0.25 / 4


def test_an_image_without_probabilities_is_one_of_which_nothing_is_known():
    labels = np.array([0, 1, 2, 3])
    probabilities = np.eye(4)
    probabilities[1, 2] = np.nan
    found = metrics.scores(labels, probabilities, "abcd")
    assert found["accuracy"] == 75
    assert found["nll"] == pytest.approx(np.log(4) / 4)


@pytest.mark.parametrize(
    "images,expected",
    [
        # Confidence, and whether right. Gaps of two bins do not cancel.
        ([(0.9, 1), (0.9, 0), (0.6, 1), (0.6, 1)], 40),
        # In one of fifteen bins, and in two.
        ([(0.61, 0), (0.66, 1)], 13.5),
        ([(0.62, 0), (0.67, 1)], 47.5),
    ],
)
def test_calibration_error_is_that_of_fifteen_bins(images, expected):
    confidence, right = np.array(images).T
    said = np.stack([confidence, 1 - confidence], 1)
    labels = 1 - right.astype(int)
    found = metrics.expected_calibration_error(labels, said)
    assert found == pytest.approx(expected)


def test_each_class_has_its_precision_and_recall():
    labels = np.array([0, 0, 0, 1])
    said = np.array([[8, 1, 1], [6, 4, 0], [1, 9, 0], [2, 7, 1]]) / 10
    found = metrics.scores(labels, said, "abc")["classes"]["a"]
    expected = {"precision": 100, "recall": 200 / 3, "f1": 80, "images": 3}
    assert found == pytest.approx(expected)
