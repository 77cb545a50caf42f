"""What pictures add to an accuracy that are in training as well."""

from operator import attrgetter
from statistics import fmean

from ferkeras.reports.number_words import drawn_mark, signed
from ferkeras.reports.tables import table

HEAD = [
    "paper",
    "dataset",
    "protocol",
    "at",
    "images scored",
    "in training too",
    "rows",
    "added, in points",
]
LAST = "scores_at_last_epoch"


def between(values, words=str):
    """The least and the greatest of some values in words, or the only one."""
    return " to ".join(dict.fromkeys(map(words, (min(values), max(values)))))


class Unseen:
    """What a line's runs score with and without images that training has too.

    Of the epoch that the row is judged at, and of the runs that kept what they
    said there; of the best, where none did. Older records do not say at all.

    Args:
        line: `Line`.

    Attributes:
        scored: how many images each run scored, a list.
        again: how many of them training has too, likewise.
        every: accuracy in percent on all of them.
        others: that on those that training has not.
        judged: whether this is of the epoch that is judged.
        where: words on the runs and the epoch, where these are not all, or not
            the one that is judged.
    """

    def __init__(self, line):
        entries = [entry for _, entry in line.complete]
        at_last = [
            entry for entry in entries if "unseen" in entry.get(LAST, ())
        ]
        last = line.protocol.at_last_epoch
        key = LAST if last and at_last else "scores"
        parts = line.protocol.test
        found = [
            (entry["dataset"]["images"][parts], entry[key], others)
            for entry in entries
            if (others := entry.get(key, {}).get("unseen")) and others["images"]
        ]
        self.scored = [count for count, *_ in found]
        self.again = [count - x["images"] for count, _, x in found]
        self.every = [scores["accuracy"] for _, scores, _ in found]
        self.others = [x["accuracy"] for *_, x in found]
        self.where = ""
        if len(found) < len(entries):
            self.where = f", {len(found)} of {len(entries)} runs"
        self.judged = bool(at_last) or not last
        if not self.judged:
            self.where += ", best epoch"

    def __bool__(self):
        """Whether any image is among those trained on."""
        return any(self.again)

    @property
    def words(self):
        """What `others` are."""
        counts = between(self.again)
        return f"accuracy without {counts} that training has too{self.where}"

    @property
    def added(self):
        """What the images that training has too add, the mean over runs."""
        return fmean(self.every) - fmean(self.others)


def repeats(lines):
    """Markdown of what such images add, by what is scored; may be empty.

    Args:
        lines: list of `Line` of all papers, of which those are told that have
            a number to compare with, or whose model ships.
    """
    parts = {}
    for line in lines:
        row = line.row
        told = row.task.metric in row.reported or row.keep_weights
        if told and line.protocol.name != "trial" and (x := Unseen(line)):
            epoch = "scored epoch" if x.judged else "best epoch"
            dataset = row.dataset + drawn_mark(line)
            key = line.paper.key, dataset, line.protocol.name, epoch
            parts.setdefault(key, []).append(x)
    rows = [
        [
            *key,
            *(
                between(sum(map(attrgetter(name), found), []), "{:,}".format)
                for name in ("scored", "again")
            ),
            str(len(found)),
            between([x.added for x in found], signed),
        ]
        for key, found in parts.items()
    ]
    return rows and table(HEAD, rows)
