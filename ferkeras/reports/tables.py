"""Lines of the tables of a report, as strings."""

from operator import itemgetter

from ferkeras.reports.row_statistics import synthetic


def percent(value):
    """A rate as printed: two decimals, or a dash."""
    return "–" if value is None else f"{value:.2f}"


def table(head, rows):
    """Markdown table of strings."""
    lines = [head, ["---"] * len(head), *rows]
    cells = [[cell.replace("|", r"\|") for cell in line] for line in lines]
    return "".join(f"| {' | '.join(line)} |\n" for line in cells)


def printed(value):
    """A paper's number with all its decimals, two at least, or a dash."""
    return max(percent(value), str(value), key=len) if value else "–"


def reported(row):
    """The paper's number, with its range over runs where printed."""
    numbers = row.reported
    text = printed(numbers.get(row.task.metric))
    if "min" in numbers:
        text += f" ({printed(numbers['min'])}–{printed(numbers['max'])})"
    elif "max" in numbers:
        text += f" (best {printed(numbers['max'])})"
    elif "psnr_mixed" in numbers:
        text += f" (printed as {printed(numbers['psnr_mixed'])})"
    return text


def reproduced(line):
    """Mean and standard deviation, or why there are none."""
    if not line.values:
        return line.status()
    text = percent(line.mean)
    if line.sd is not None:
        text += f" ± {percent(line.sd)}"
    if len(line.values) < line.table.runs:
        text += f" ({len(line.values)} of {line.table.runs} runs)"
    if line.failed:
        text += f" (not learned: seed {', '.join(map(str, line.failed))})"
    return text + (" (synthetic)" if synthetic([line]) else "")


def signed(value):
    """A difference as printed, or a dash."""
    return "–" if value is None else f"{value:+.2f}"


def difference(line):
    """From the paper's number, with its interval, or a dash."""
    if not line.judgement:
        return "–"
    low, high = map(signed, line.judgement.interval)
    return f"{signed(line.judgement.difference)} ({low} to {high})"


def verdict(line):
    """What became of the paper's number, and what an open one lacks."""
    if line.judgement:
        return line.judgement.words
    if line.verdict == "undecided":
        return "undecided: one run tells nothing of its noise"
    return line.verdict or "–"


def epoch_of(line):
    """A protocol's name, and which epoch the scores are of."""
    if line.protocol.at_last_epoch:
        return f"{line.protocol.name}, epoch {line.row.recipe.epochs}"
    leak = ", best epoch, chosen on test"
    return line.protocol.name + leak * line.protocol.selects_on_test


def result_table(lines):
    """Markdown of what a reader asks first: a line a row of one table."""
    rows = {}
    for line in lines:
        rows.setdefault(line.row.name, []).append(line)
    # Of a row: the paper's own protocol, or the first; then the others.
    for of_row in rows.values():
        of_row.sort(key=lambda line: not line.of_paper)
    names = {of_row[0].protocol.name for of_row in rows.values()}
    others = [
        protocol.name
        for protocol in lines[0].table.protocols
        if names != {protocol.name}
    ]
    ours = f"ours, {min(names)}" if len(names) == 1 else "ours"
    judged = ["difference (95 % interval)", "verdict"]
    head, cells = ["row", "reported", ours, *judged, *others], []
    for name, (line, *rest) in rows.items():
        found = {x.protocol.name: reproduced(x) for x in rest}
        cells.append([name, reported(line.row), reproduced(line)])
        cells[-1] += [difference(line), line.verdict or "–"]
        cells[-1] += [found.get(name, "–") for name in others]
    if not any(line.row.reported for line in lines):
        head, *cells = ([x[0], x[2], *x[5:]] for x in (head, *cells))
    return table(head, cells)


def run_rows(line):
    """Lines of the table of ranges over runs.

    Below that of the last epoch, where the paper's number is of that, the
    same runs at their best one.
    """
    both = [line, line.chosen] if line.protocol.at_last_epoch else [line]
    return [run_row(each) for each in both if each.values]


def run_row(line):
    """A line of the table of ranges over runs."""
    return [
        line.row.name,
        line.row.dataset,
        epoch_of(line),
        reproduced(line),
        percent(min(line.values)),
        percent(max(line.values)),
        f"{len(line.values)} of {line.table.runs}",
        "–".join(map(percent, line.interval)) if line.interval else "–",
        verdict(line),
    ]


def epochs_row(line):
    """A line of the table of what the choice of the epoch adds."""
    found, training = ["–"] * 3, ["–"] * 2
    if line.complete:
        (chosen, last), training = line.of_epochs
        drawn = " (synthetic)" if synthetic([line]) else ""
        found = percent(chosen) + drawn, percent(last), f"{chosen - last:+.2f}"
        training = map(percent, training)
    return [
        line.row.name,
        line.protocol.name,
        line.protocol.select,
        *found,
        printed(line.row.reported.get("training")),
        *training,
    ]


EPOCHS_HEAD = [
    "row",
    "protocol",
    "chosen on",
    "its score, chosen epoch",
    "last epoch",
    "gain",
    "training, reported",
    "training, chosen epoch",
    "training, last epoch",
]


def history_scores(line, name):
    """Losses as training goes, one a complete run.

    Args:
        line: `Line`.
        name: key of `LOSSES`.
    """
    key, pick = LOSSES[name]
    return [
        pick([epoch[key] for epoch in history])
        for _, history in line.with_histories
    ]


def other_rows(line):
    """Lines of the table of a row's other scores."""
    if not line.complete:
        return []
    entries = [entry["scores"] for _, entry in line.complete]
    wanted = {"psnr_reference": None} if line.row.task.reference else {}
    if line.row.task.classifies:
        wanted = {"mean_recall": None}
    rows = [
        [
            WORDS[name],
            value,
            history_scores(line, name) if name in LOSSES else line.scores(name),
        ]
        for name, value in (wanted | line.row.reported).items()
        if name in WORDS
    ]
    for name, value in line.row.reported.get("classes", {}).items():
        # A small fold may have no image of a class.
        of_class = [entry["classes"][name] for entry in entries]
        found = [x["recall"] for x in of_class if x["images"]]
        rows.append([f"recall of {name}", value, found])
    for name in line.row.branches:
        found = [entry["branches"][name] for entry in entries]
        rows.append([f"accuracy of branch {name}", None, found])
    drawn = " (synthetic)" if synthetic([line]) else ""
    return [
        [
            line.row.name,
            line.protocol.name,
            words,
            printed(value),
            (f"{mean:.4f}" if "loss" in words else percent(mean)) + drawn,
        ]
        for words, value, found in rows
        if found
        for mean in [sum(found) / len(found)]
    ]


# What a paper may give beside the score that a table is about.
WORDS = {
    "mean_recall": "mean recall (UA)",
    "macro_precision": "macro precision",
    "macro_f1": "macro F1",
    "psnr_mixed": "PSNR as printed, dB",
    "psnr_reference": "PSNR of bicubic interpolation, dB",
    "mse": "mean squared error",
    "training_loss": "training loss, last epoch",
    "selection_loss": "loss on what chooses the epoch, last epoch",
    "least_selection_loss": "least loss on what chooses the epoch",
}
# Of a history: the column, and what of its values.
LOSSES = {
    "training_loss": ("loss", itemgetter(-1)),
    "selection_loss": ("val_loss", itemgetter(-1)),
    "least_selection_loss": ("val_loss", min),
}
OTHER_HEAD = ["row", "protocol", "score", "reported", "reproduced"]
RUN_HEAD = [
    "row",
    "dataset",
    "protocol",
    "mean ± sd",
    "min",
    "max",
    "runs",
    "95 % interval",
    "verdict",
]


def short(commit):
    """A commit's first digits, and its mark of uncommitted changes."""
    return f"`{commit[:9]}`" + ("+" if commit.endswith("+") else "")


def provenance_row(unit, entry):
    """A line of the provenance table."""
    epochs, sessions = entry["epochs"], entry["sessions"]
    splits = entry["dataset"]["images"]
    prints = entry["dataset"]["fingerprint"]
    return [
        unit.row.name,
        unit.protocol.name,
        str(unit.seed),
        f"{epochs['done']} of {epochs['planned']}",
        f"{epochs['best']}, by {entry['protocol']['checkpoint_chosen_on']}"
        if epochs["done"]
        else "–",
        percent(entry[f"selection_{unit.row.task.metric}"]),
        ", ".join(f"{k} {n} `{prints[k][:8]}`" for k, n in splits.items()),
        f"{entry['parameters']:,}",
        "; ".join(
            dict.fromkeys(f"{s['device']}, {s['backend']}" for s in sessions)
        ),
        f"{entry['seconds'] / 60:.0f} min, {entry['images_per_second']:.0f}/s",
        "; ".join(dict.fromkeys(short(s["commit"]) for s in sessions)),
    ]


PROVENANCE_HEAD = [
    "row",
    "protocol",
    "seed",
    "epochs",
    "epoch chosen",
    "its score there",
    "images and fingerprint",
    "parameters",
    "device",
    "training",
    "commit",
]
