"""What papers say of a row's answers, as measured, for the report."""

from ferkeras.reports.measured_claims import NOT_LEARNED
from ferkeras.reports.tables import table
from ferkeras.runs.predictions import at_epoch, confusions

STATEMENT_HEAD = ["statement", "row", "protocol", "measured", "holds"]


def measured(statement, line):
    """What the runs together say, and whether each of them says the same.

    Returns:
        Two texts. One run alone, or two that differ, say neither yes nor no.
    """
    matrices = confusions(line)
    class_names = line.complete[0][1]["dataset"]["class_names"]
    text, _ = statement.measure(sum(matrices), class_names)
    if line.failed:
        return text, f"no verdict: {NOT_LEARNED}"
    each = [statement.measure(x, class_names)[1] for x in matrices]
    count = len(each)
    if count > 1 and sum(each) in (0, count):
        return text, "yes" if all(each) else "no"
    return text, f"undecided: in {sum(each)} of {count} run{'s' * (count > 1)}"


def statements(paper, lines):
    """Markdown of a paper's statements, measured on what is recorded."""
    rows, known = [], set()
    for statement in paper.statements:
        for line in lines:
            if line.row.name != statement.row or not line.complete:
                continue
            text, holds = measured(statement, line)
            name, protocol = line.row.name, line.protocol.name + at_epoch(line)
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
