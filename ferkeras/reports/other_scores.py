"""The scores of a row beside the one that its table is about."""

from operator import itemgetter

from ferkeras.reports.number_words import drawn_mark, printed
from ferkeras.reports.repeats import Unseen

OTHER_HEAD = ["row", "protocol", "score", "reported", "reproduced"]


def other_rows(line):
    """Lines of the table of a row's other scores."""
    if not line.complete:
        return []
    scores = [
        *named_scores(line),
        *recalls_of_classes(line),
        *accuracies_of_branches(line),
    ]
    found = [score_row(line, *score) for score in scores]
    losses = [
        score_row(line, words, reported, values, 4)
        for words, reported, values in losses_of(line)
    ]
    if line.protocol.at_last_epoch:
        # Of the last, older records have the accuracy alone.
        found = [[row, f"{name}, best epoch", *x] for row, name, *x in found]
    if unseen := Unseen(line):
        found.append(score_row(line, unseen.words, None, unseen.others, 2))
    return found + losses


def score_row(line, words, reported, values, decimals):
    """A line of the table of other scores: the mean over runs.

    Args:
        line: `Line`.
        words: what the score is.
        reported: the paper's number, or None.
        values: list of one a run, of one at least.
        decimals: how many the mean is written with.
    """
    mean = sum(values) / len(values)
    return [
        line.row.name,
        line.protocol.name,
        words,
        printed(reported),
        f"{mean:.{decimals}f}{drawn_mark(line)}",
    ]


# What a paper may give beside the score that a table is about.
WORDS = {
    "mean_recall": "mean recall (UA)",
    "macro_precision": "macro precision",
    "macro_f1": "macro F1",
    "psnr_mixed": "PSNR as printed, dB",
    "psnr_reference": "PSNR of bicubic interpolation, dB",
    "mse": "mean squared error",
}
# Of a history: in words, the column, and what of its values.
CHOOSES = "loss on what chooses the epoch"
LOSSES = {
    "training_loss": ("training loss, last epoch", "loss", itemgetter(-1)),
    "selection_loss": (f"{CHOOSES}, last epoch", "val_loss", itemgetter(-1)),
    "least_selection_loss": (f"least {CHOOSES}", "val_loss", min),
}


def named_scores(line):
    """Yield those of `WORDS` that a paper gives or every reader wants.

    Yields: `(words, reported, values, decimals)`, as `score_row` takes them.
    """
    wanted = {"psnr_reference": None} if line.row.task.reference else {}
    if line.row.task.classifies:
        wanted = {"mean_recall": None}
    for name, reported in (wanted | line.row.reported).items():
        if name in WORDS:
            yield WORDS[name], reported, line.scores(name), 2


def losses_of(line):
    """Yield the losses that a paper gives, `(words, reported, values)`."""
    for name, (words, key, pick) in LOSSES.items():
        if name in line.row.reported:
            values = [
                pick([epoch[key] for epoch in history])
                for _, history in line.with_histories
            ]
            yield words, line.row.reported[name], values


def recalls_of_classes(line):
    """Yield the recalls that a paper gives, as `named_scores` does."""
    for name, reported in line.row.reported.get("classes", {}).items():
        # A small fold may have no image of a class.
        of_class = [
            entry["scores"]["classes"][name] for _, entry in line.complete
        ]
        if values := [x["recall"] for x in of_class if x["images"]]:
            yield f"recall of {name}", reported, values, 2


def accuracies_of_branches(line):
    """Yield the accuracy of each branch, as `named_scores` does."""
    for name in line.row.branches:
        values = [
            entry["scores"]["branches"][name] for _, entry in line.complete
        ]
        yield f"accuracy of branch {name}", None, values, 2
