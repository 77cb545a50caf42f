"""Markdown tables of a report's rows."""

from ferkeras.reports.number_words import (
    difference_text,
    drawn_mark,
    epoch_of,
    percent,
    printed,
    reported_text,
    reproduced_text,
    signed,
    verdict_text,
)

DIFFERENCE = "difference (95 % interval)"
# Columns of a table that has a number which the paper prints.
OF_PRINTED = {"reported", DIFFERENCE, "verdict"}


def table(head, rows):
    """Markdown table of strings."""
    lines = [head, ["---"] * len(head), *rows]
    cells = [[cell.replace("|", r"\|") for cell in line] for line in lines]
    return "".join(f"| {' | '.join(line)} |\n" for line in cells)


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
    columns = ["row", "reported", ours, DIFFERENCE, "verdict", *others]
    if not any(line.row.reported for line in lines):
        columns = [name for name in columns if name not in OF_PRINTED]
    cells = [cells_of(ours, *of_row) for of_row in rows.values()]
    return table(columns, [[x.get(k, "–") for k in columns] for x in cells])


def cells_of(ours, line, *others):
    """Cells of a row of `result_table`, a dict from columns to texts.

    Args:
        ours: column of the row's first protocol.
        line: `Line` under that.
        *others: the row's under other protocols, whose names are columns.
    """
    return {
        "row": line.row.name,
        "reported": reported_text(line.row),
        ours: reproduced_text(line),
        DIFFERENCE: difference_text(line),
        "verdict": line.verdict or "–",
    } | {other.protocol.name: reproduced_text(other) for other in others}


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


def run_rows(line):
    """Lines of the table of ranges over runs.

    Below that of the last epoch, where the paper's number is of that, the
    same runs at their best one.
    """
    both = [line, line.chosen] if line.protocol.at_last_epoch else [line]
    return [run_row(each) for each in both if each.values]


def runs_text(line):
    """How many runs there are, and how many the table asks for."""
    found, asked = len(line.values), line.table.runs
    return (
        f"{found} of {asked}" if found <= asked else f"{found}, {asked} asked"
    )


def run_row(line):
    """A line of the table of ranges over runs."""
    return [
        line.row.name,
        line.row.dataset,
        epoch_of(line),
        reproduced_text(line),
        percent(min(line.values)),
        percent(max(line.values)),
        runs_text(line),
        "–".join(map(percent, line.interval)) if line.interval else "–",
        verdict_text(line),
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


def epochs_row(line):
    """A line of the table of what the choice of the epoch adds."""
    found, training = ["–"] * 3, ["–"] * 2
    if line.complete:
        (chosen, last), training = line.of_epochs
        shown = percent(chosen) + drawn_mark(line)
        found = shown, percent(last), signed(chosen - last)
        training = map(percent, training)
    return [
        line.row.name,
        line.protocol.name,
        line.protocol.select,
        *found,
        printed(line.row.reported.get("training")),
        *training,
    ]
