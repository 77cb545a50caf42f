"""Runs of a row are all on one copy of its dataset."""

import pytest

from ferkeras.runs.pending import pending
from ferkeras.runs.record import card_of, path_of, write_record
from tests import tiny
from tests.made_up import entry_of

pytestmark = pytest.mark.any_backend
UNIT, ANOTHER = tiny.unit(seed=1), tiny.unit()
PRINTS = card_of(UNIT, tiny.Noise())["fingerprint"]
ANOTHER_COPY = PRINTS | {"test": "of another copy"}


def write(results, status="complete", **dataset):
    """Write a run of the row that differs in what its dataset is."""
    entry = entry_of(ANOTHER, 50, status=status)
    entry["dataset"] |= {"fingerprint": PRINTS} | dataset
    write_record(results, ANOTHER, entry)


def test_a_run_on_another_copy_is_refused(tmp_path):
    write(tmp_path, fingerprint=ANOTHER_COPY)
    with pytest.raises(ValueError, match="another copy.*--results") as error:
        pending([UNIT], tmp_path, tiny.Noise())
    assert str(path_of(tmp_path, ANOTHER, ".json")) in str(error.value)


@pytest.mark.parametrize(
    "there",
    [
        {},
        {"status": "incomplete", "fingerprint": ANOTHER_COPY},
        # Of parts that each run draws anew, the whole counts.
        {"published": PRINTS, "fingerprint": ANOTHER_COPY},
    ],
)
def test_a_run_on_the_same_copy_is_not(tmp_path, there):
    write(tmp_path, **there)
    assert pending([UNIT], tmp_path, tiny.Noise()) == [UNIT]
