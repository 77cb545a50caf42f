"""Estimated durations, in words that do not look exact."""

import math

# Seconds of each, its name, and from how many on the next is used.
UNITS = (
    (60, "min", 60),
    (3600, "h", 24),
    (86400, "day", 365),
    (365 * 86400, "year", math.inf),
)


def about(seconds):
    """A duration as a person says it, `"about 40 min"`.

    Args:
        seconds: its length.

    Returns:
        Whole minutes, hours, days or years, in steps of five above ten.
    """
    if seconds < 60:
        return "under a minute"
    for size, word, limit in UNITS:
        count = round(seconds / size)
        count = 5 * round(count / 5) if count > 10 else count
        # What rounds up to the next unit is one of those.
        if count < limit:
            plural = "s" if count > 1 and word in ("day", "year") else ""
            return f"about {count} {word}{plural}"


def between(durations):
    """The least and the longest of durations in seconds, in words."""
    low, high = about(min(durations)), about(max(durations))
    if low == high:
        return low
    if min(durations) < 60:
        return f"up to {high.removeprefix('about ')}"
    (_, first, unit), (_, last, same) = low.split(), high.split()
    if unit.removesuffix("s") != same.removesuffix("s"):
        first = f"{first} {unit}"
    return f"about {first} to {last} {same}"
