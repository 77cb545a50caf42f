"""What the report says of parameters against the paper and by hand."""

import pytest

from ferkeras.reports import parameters
from reproductions import chesley2021, pandey2019

pytestmark = pytest.mark.any_backend


@pytest.fixture(scope="module")
def text():
    return parameters.section(pandey2019.PAPER)


@pytest.mark.parametrize(
    "line",
    [
        # papers.md, section 1.2, and 3x3 kernels of 64 filters a channel more.
        "| VGG13 | 8.75 | 8,757,704 | 8,757,704 |",
        "| VGG13 + Sobel | 8.75 | 8,758,856 | 8,758,856 |",
        "| Base | 0.36 | 389,088 | 364,064 |",
        "| Base + Laplacian | 0.36 | 389,664 | 364,640 |",
        "| 1 | 64 | 576 |",
        "| 2 | 6,720 | 6,720 |",
        "| 12 | 77,184 | 77,184 |",
        "| 14 | 0 | 0 |",
        "| 15 | 2,048 | 2,560 |",
        "| all | 363,616 | 364,064 |",
    ],
)
def test_ours_stand_beside_the_printed(text, line):
    assert line in text


def test_a_paper_that_prints_none_has_no_section():
    assert parameters.section(chesley2021.PAPER) == ""
