"""What papers say of a row's answers, as measured, for the report."""

from ferkeras.reports.measured_claims import NOT_LEARNED
from ferkeras.reports.tables import table
from ferkeras.runs.predictions import at_epoch, confusion

STATEMENT_HEAD = ["statement", "row", "protocol", "measured", "holds"]


def statements(paper, lines):
    """Markdown of a paper's statements, measured on what is recorded."""
    rows, known = [], set()
    for statement in paper.statements:
        for line in lines:
            if line.row.name != statement.row or not line.complete:
                continue
            class_names = line.complete[0][1]["dataset"]["class_names"]
            text, holds = statement.measure(confusion(line), class_names)
            name, protocol = line.row.name, line.protocol.name + at_epoch(line)
            holds = "yes" if holds else "no"
            if line.failed:
                holds = f"no verdict: {NOT_LEARNED}"
            rows.append([statement.words, name, protocol, text, holds])
            known.add(name)
    waiting = dict.fromkeys(
        statement.row
        for statement in paper.statements
        if statement.row not in known
    )
    text = table(STATEMENT_HEAD, rows) if rows else ""
    if waiting:
        text += f"\nNo run yet to measure it on: {'; '.join(waiting)}.\n"
    return text
