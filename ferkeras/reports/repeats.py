"""What pictures add to an accuracy that are in training as well."""

from statistics import fmean

from ferkeras.reports.number_words import signed
from ferkeras.reports.tables import table

HEAD = [
    "paper",
    "dataset",
    "protocol",
    "images scored",
    "in training too",
    "rows",
    "what these add, in points",
]
LAST = "scores_at_last_epoch"


def between(values, words=str):
    """The least and the greatest of some values in words, or the only one."""
    return " to ".join(dict.fromkeys(map(words, (min(values), max(values)))))


def at_last(line):
    """Whether all runs kept what they said at the last epoch, if it counts."""
    return line.protocol.at_last_epoch and all(
        "unseen" in entry.get(LAST, ()) for _, entry in line.complete
    )


def unseen(line):
    """Scores with and without the images that training has too.

    Args:
        line: `Line`.

    Returns:
        A list, one a complete run: how many images it scored, how many of them
        training has too, and the accuracy in percent on all and on the others,
        at the best epoch or `at_last`. Empty where training has none, or the
        records do not say.
    """
    found, key = [], LAST if at_last(line) else "scores"
    for _, entry in line.complete:
        others = entry[key].get("unseen")
        if others and others["images"]:
            count = entry["dataset"]["images"][line.protocol.test]
            again = count - others["images"]
            means = entry[key]["accuracy"], others["accuracy"]
            found.append((count, again, *means))
    return found if any(again for _, again, *_ in found) else []


def unseen_score(line):
    """The accuracy on a line's other images, as a score beside its own.

    Returns:
        `(words, values)`, one value a run; None as `unseen`.
    """
    if not (found := unseen(line)):
        return None
    counts = between([again for _, again, *_ in found])
    words = f"accuracy without {counts} images that training has too"
    if line.protocol.at_last_epoch and not at_last(line):
        words += ", best epoch"
    return words, [other for *_, other in found]


def repeats(lines):
    """Markdown of what such images add, by what is scored; may be empty.

    Args:
        lines: list of `Line` of all papers. Those under a protocol that only
            chooses between recipes are left out.
    """
    parts = {}
    for line in lines:
        if line.protocol.name != "trial" and (found := unseen(line)):
            key = line.paper.key, line.row.dataset, line.protocol.name
            parts.setdefault(key, []).append(found)
    rows = []
    for key, of_rows in parts.items():
        counts = [
            between([run[place] for found in of_rows for run in found], many)
            for place in (0, 1)
        ]
        added = [
            fmean(every - other for *_, every, other in found)
            for found in of_rows
        ]
        rows.append([*key, *counts, str(len(of_rows)), between(added, signed)])
    return rows and table(HEAD, rows)


def many(count):
    """A number of images as printed."""
    return f"{count:,}"
