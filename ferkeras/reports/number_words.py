"""Numbers, and what became of them, in the words of a report."""

from ferkeras.reports.row_statistics import synthetic


def percent(value):
    """A rate as printed: two decimals, or a dash."""
    return "–" if value is None else f"{value:.2f}"


def printed(value):
    """A paper's number with all its decimals, two at least, or a dash."""
    return max(percent(value), str(value), key=len) if value else "–"


def reported_text(row):
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


def drawn_mark(line):
    """What follows a number that drawn faces gave; else nothing."""
    return " (synthetic)" if synthetic([line]) else ""


def reproduced_text(line):
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
    return text + drawn_mark(line)


def signed(value):
    """A difference as printed, or a dash."""
    return "–" if value is None else f"{value:+.2f}"


def difference_text(line):
    """From the paper's number, with its interval, or a dash."""
    if not line.judgement:
        return "–"
    low, high = line.judgement.interval
    difference = signed(line.judgement.difference)
    # Of published weights there is one score.
    if low == high:
        return difference
    return f"{difference} ({signed(low)} to {signed(high)})"


def verdict_text(line):
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
