"""Durations read as a person says them."""

import math

import pytest

from ferkeras.durations import about, between

pytestmark = pytest.mark.any_backend

MINUTE, HOUR, DAY = 60, 3600, 86400


@pytest.mark.parametrize(
    "seconds,words",
    [
        (20, "under a minute"),
        (100, "about 2 min"),
        (41 * MINUTE, "about 40 min"),
        (58 * MINUTE, "about 1 h"),
        (3.2 * HOUR, "about 3 h"),
        (23 * HOUR, "about 1 day"),
        (2.2 * DAY, "about 2 days"),
        (163 * DAY, "about 165 days"),
        (364 * DAY, "about 1 year"),
        (900 * DAY, "about 2 years"),
    ],
)
def test_a_duration_reads_as_a_person_says_it(seconds, words):
    assert about(seconds) == words


def test_every_duration_has_words_that_are_near_it():
    sizes = {"min": MINUTE, "h": HOUR, "day": DAY, "year": 365 * DAY}
    for exponent in range(180, 900):
        seconds = math.exp(exponent / 45)
        _, count, unit = about(max(seconds, MINUTE)).split()
        said = int(count) * sizes[unit.removesuffix("s")]
        assert 2 / 3 <= said / max(seconds, MINUTE) <= 3 / 2


@pytest.mark.parametrize(
    "durations,words",
    [
        ([3 * HOUR, 3.1 * HOUR], "about 3 h"),
        ([3 * HOUR, HOUR, 2 * HOUR], "about 1 to 3 h"),
        ([DAY, 3 * DAY], "about 1 to 3 days"),
        ([20 * MINUTE, 3 * HOUR], "about 20 min to 3 h"),
        ([10, 5 * MINUTE], "up to 5 min"),
        ([10, 20], "under a minute"),
    ],
)
def test_a_range_names_its_unit_once(durations, words):
    assert between(durations) == words
