"""Lines of the tables of a report, as strings."""

from ferkeras.summary import synthetic


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
    return text + (" (synthetic)" if synthetic([line]) else "")


def result_row(line):
    """A line of the results table."""
    low_high = "–"
    if line.interval:
        low_high = "–".join(map(percent, line.interval))
    leak = ", chosen on test" if line.protocol.selects_on_test else ""
    claim, difference = line.row.reported.get(line.metric), "–"
    if claim and line.values and not synthetic([line]):
        difference = f"{line.mean - claim:+.2f}"
    return [
        line.row.name,
        line.row.dataset,
        reported(line.row),
        line.protocol.name + leak,
        reproduced(line),
        percent(min(line.values, default=None)),
        percent(max(line.values, default=None)),
        f"{len(line.values)} of {line.table.runs}",
        low_high,
        difference,
        line.verdict or "–",
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


def other_rows(line):
    """Lines of the table of a row's other scores."""
    if not line.complete:
        return []
    entries = [entry["scores"] for _, entry in line.complete]
    wanted = {"psnr_reference": None} if line.row.task.reference else {}
    if line.row.task.classifies:
        wanted = {"mean_recall": None}
    rows = [
        [WORDS[name], value, line.scores(name)]
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
            percent(sum(found) / len(found)) + drawn,
        ]
        for words, value, found in rows
        if found
    ]


def comparison_row(comparison, protocol, difference):
    """A line of the table of claims that compare rows."""
    low_high = "–"
    if difference.interval:
        low_high = " to ".join(f"{end:+.2f}" for end in difference.interval)
    return [
        comparison.words,
        comparison.row,
        comparison.than,
        protocol.name,
        "–" if difference.reported is None else f"{difference.reported:+.2f}",
        f"{difference.mean:+.2f}",
        low_high,
        str(difference.pairs),
        chances(difference.chances),
        difference.verdict,
    ]


def chances(found):
    """McNemar's p of one pair of runs, or how many of them are below 0.05."""
    if len(found) < 2:
        return f"p = {found[0]:.2g}" if found else "–"
    return f"{sum(p < 0.05 for p in found)} of {len(found)}"


COMPARISON_HEAD = [
    "claim",
    "row",
    "than",
    "protocol",
    "reported",
    "difference",
    "95 % interval",
    "pairs",
    "McNemar, p < 0.05",
    "verdict",
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
OTHER_HEAD = ["row", "protocol", "score", "reported", "reproduced"]
RESULT_HEAD = [
    "row",
    "dataset",
    "reported, mean (min–max)",
    "protocol",
    "reproduced, mean ± sd",
    "min",
    "max",
    "runs",
    "95 % interval",
    "difference",
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
        f"{epochs['best']}, by {entry['protocol']['checkpoint_chosen_on']}",
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
