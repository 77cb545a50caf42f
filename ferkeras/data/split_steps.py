"""A part of a published split, by the steps that make it."""

from collections.abc import Callable, Sequence
from functools import partial

from ferkeras.data.copies import Copies
from ferkeras.data.draw import Draw
from ferkeras.data.fold import Fold
from ferkeras.data.hold_out import HoldOut
from ferkeras.data.source import Faces

Step = HoldOut | Fold | Draw | Copies


def part(
    read: Callable[[str], Faces],
    name: str,
    steps: Sequence[Step],
    run: int = 0,
) -> Faces:
    """Read a split, or a part of one.

    Args:
        read: `split name -> Faces`.
        name: a split, or a part that one of `steps` makes.
        steps: tuple of `HoldOut`, `Fold`, `Draw` and `Copies`, in the order in
            which they are taken.
        run: number of the run, which decides folds and draws.

    Returns:
        `Faces`, in the dataset's order.
    """
    if not steps:
        return read(name)
    *before, last = steps
    below = partial(part, read, steps=before, run=run)
    if name not in last.makes:
        return below(name)
    return last.make(name, below(last.of), run)
