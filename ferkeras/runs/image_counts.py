"""How many images a part of a published split has."""

from ferkeras.data import Copies, Draw, Fold


def images_of(counts, split, steps):
    """How many images a split, or a part of one, has.

    Args:
        counts: published `Counts`.
        split: name, as `ferkeras.data.part` takes it; empty for none.
        steps: tuple of `HoldOut`, `Fold`, `Draw` and `Copies`.

    Returns:
        The number, of parts by subject about.
    """
    if not steps:
        names = split.split("+") if split else ()
        return sum(getattr(counts, name) for name in names)
    *before, last = steps
    if split not in last.makes:
        return images_of(counts, split, before)
    if isinstance(last, Copies):
        return counts.classes * last.per_class
    whole = images_of(counts, last.of, before)
    if isinstance(last, Draw):
        return last.images if last.images >= 1 else whole * last.images
    share = 1 / last.folds if isinstance(last, Fold) else last.share
    return whole * (share if split == last.name else 1 - share)
