"""Sentences about matrices small enough to check by eye."""

import numpy as np
import pytest

from ferkeras.papers import statements

NAMES = ("angry", "happy", "sad")
#   predicted   angry happy sad
MATRIX = np.array([[50, 22, 28], [5, 90, 5], [45, 15, 40]])


def test_rare_predictions_are_measured_by_how_often_the_class_occurs():
    # 73 predicted, 100 occur.
    text, holds = statements.rarely_predicted(
        MATRIX, NAMES, name="sad", below=0.75
    )
    assert "sad is predicted 0.73 times as often as it occurs" in text
    assert holds
    assert not statements.rarely_predicted(MATRIX, NAMES, name="sad")[1]


def test_without_errors_nothing_is_confused_with_anything():
    perfect = np.diag([3, 4, 5])
    text, holds = statements.mistaken_for(perfect, NAMES, name="angry")
    assert not holds and "nan" not in text
    text, _ = statements.mainly_confused(perfect, NAMES, names=NAMES[:2])
    assert "nan" not in text


@pytest.mark.parametrize(
    "names,holds", [(("sad", "angry"), True), (("happy", "sad"), False)]
)
def test_confusion_counts_both_ways(names, holds):
    # 28 + 45 of 120 errors.
    text, found = statements.mainly_confused(MATRIX, NAMES, names=names)
    assert "angry/sad, 60.8 %" in text
    assert found == holds


@pytest.mark.parametrize(
    "names,holds", [(("angry", "happy"), True), (("happy", "sad"), False)]
)
def test_best_recalled_ignores_order(names, holds):
    text, found = statements.best_recalled(MATRIX, NAMES, names=names)
    assert text == "happy 90.0 %, angry 50.0 %, sad 40.0 %"
    assert found == holds


@pytest.mark.parametrize("name,holds", [("sad", True), ("angry", False)])
def test_worst_recalled_is_the_lowest_of_the_diagonal(name, holds):
    text, found = statements.worst_recalled(MATRIX, NAMES, name=name)
    assert text == "happy 90.0 %, angry 50.0 %, sad 40.0 %"
    assert found == holds


@pytest.mark.parametrize(
    "best,worst,holds",
    [
        (("happy",), ("sad",), True),
        (("happy", "angry"), ("sad", "angry"), True),
        (("angry", "happy"), ("angry", "sad"), False),
        (("angry",), ("happy",), False),
    ],
)
def test_recalls_are_ranked_from_either_end(best, worst, holds):
    for measure, names in (
        (statements.highest_recalled, best),
        (statements.lowest_recalled, worst),
    ):
        text, found = measure(MATRIX, NAMES, names=names)
        assert text == "happy 90.0 %, angry 50.0 %, sad 40.0 %"
        assert found is holds


@pytest.mark.parametrize("above,holds", [(49.9, True), (50, False)])
def test_all_of_them_must_be_above(above, holds):
    text, found = statements.recalled_above(
        MATRIX, NAMES, names=("angry", "happy"), above=above
    )
    assert text == "happy 90.0 %, angry 50.0 %"
    assert found is holds


@pytest.mark.parametrize("name,holds", [("angry", True), ("happy", False)])
def test_mistakes_are_counted_off_the_diagonal(name, holds):
    # Wrong predictions: 50 angry, 37 happy, 33 sad; happy has most in all.
    text, found = statements.mistaken_for(MATRIX, NAMES, name=name)
    assert "angry 41.7 %, happy 30.8 %, sad 27.5 %" in text
    assert found == holds


def test_only_one_class_may_be_all_there_is_of_mistakes():
    text, found = statements.errs_only_towards(MATRIX, NAMES, name="angry")
    assert "angry 41.7 %" in text and not found
    matrix = MATRIX * [[1, 0, 0], [1, 1, 0], [1, 0, 1]]
    assert statements.errs_only_towards(matrix, NAMES, name="angry")[1]
    assert not statements.errs_only_towards(matrix, NAMES, name="happy")[1]
    perfect = np.diag([3, 4, 5])
    assert not statements.errs_only_towards(perfect, NAMES, name="angry")[1]


def test_two_classes_may_have_the_lowest_recall():
    matrix = np.array([[8, 2, 0], [1, 8, 1], [0, 0, 10]])
    for name, holds in zip(NAMES, (True, True, False), strict=True):
        assert statements.worst_recalled(matrix, NAMES, name=name)[1] == holds


@pytest.mark.parametrize(
    "name,spared,text,holds",
    [
        ("happy", "sad", "1.27 times", True),
        ("happy", "angry", "angry 22.0 %, sad 15.0 %", False),
        # Happy is spared, but sad is not predicted too often.
        ("sad", "happy", "0.73 times", False),
    ],
)
def test_over_prediction_needs_too_many_and_the_spared_class(
    name, spared, text, holds
):
    found, whether = statements.over_predicted(
        MATRIX, NAMES, name=name, spared=spared
    )
    assert text in found
    assert whether == holds


@pytest.mark.parametrize(
    "name,other,holds",
    [
        ("angry", "sad", True),
        ("angry", "happy", False),
        # As often as for any other.
        ("happy", "angry", True),
        ("sad", "angry", True),
        ("sad", "happy", False),
    ],
)
def test_what_a_class_is_mostly_taken_for(name, other, holds):
    text, found = statements.mostly_taken_for(
        MATRIX, NAMES, name=name, other=other
    )
    assert found == holds and text.startswith(f"{name} is taken for: ")


def test_a_class_that_is_always_right_is_mostly_taken_for_none():
    matrix = np.diag([9, 9, 9])
    _, found = statements.mostly_taken_for(
        matrix, NAMES, name="sad", other="angry"
    )
    assert not found
