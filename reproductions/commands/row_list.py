"""The list of every row, for people and for programs."""

import json
import sys
from itertools import groupby
from operator import attrgetter

from rich.console import Console
from rich.markup import escape
from rich.table import Table

import reproductions
from ferkeras.names import nearest
from ferkeras.reports import advice, listing

# Columns of a wide terminal, beyond which lines are hard to follow.
MOST = 120
RATES = ("reported", "mean", "sd")


def renew(results):
    """Read every paper and its records, and keep what they say.

    Unless a paper's file is newer than what this process may have imported.

    Args:
        results: folder of results.

    Returns:
        list of `Listed`.
    """
    sources = reproductions.sources()
    digest = listing.digest_of(sources, results)
    from ferkeras.reports.how_to_run import listed

    lines = listed(reproductions.papers(), results)
    known = (x.stat().st_mtime < reproductions.BEGAN for x in sources)
    if results.is_dir() and all(known):
        listing.write_rows(lines, digest, results)
    return lines


def rows(results):
    """Every row, from the file that keeps them where that is up to date.

    Args:
        results: folder of results.

    Returns:
        list of `Listed`.
    """
    digest = listing.digest_of(reproductions.sources(), results)
    lines = listing.read_rows(digest, results)
    if lines is None:
        print("Reading papers and records anew ...", file=sys.stderr)
        lines = renew(results)
    return lines


def chosen(lines, asked):
    """Those of lines that were asked for.

    Ends the process where no row is on the dataset.
    """
    name = asked.dataset
    of = [
        line
        for line in lines
        if not name
        or line.dataset == name
        or line.dataset.startswith(f"{name}/")
    ]
    if not of:
        known = {line.dataset for line in lines}
        asked.error(f"no row is on {name!r}; {nearest(name, known)}")
    return [
        line
        for line in of
        if asked.paper in (None, line.paper)
        and asked.status in (None, line.status)
    ]


def print_rows(asked):
    """Print rows, what is recorded of them and how to run what is not.

    Args:
        asked: words of the command line, as `arguments.commands` reads them.
    """
    every = [line.here(asked.data_dir) for line in rows(asked.results)]
    lines = chosen(every, asked)
    if not lines:
        print("No row is like that.", file=sys.stderr)
    if asked.json:
        print(json.dumps([advice.as_json(line) for line in lines], indent=1))
        return
    console = Console()
    if console.is_terminal:
        for_terminal(lines, console)
    else:
        for_pipe(lines)
    ready, lacking = [], []
    for line in lines:
        if line.status != listing.RECORDED:
            at_hand = line.at_hand(asked.data_dir)
            (ready if at_hand else lacking).append(line)
    if lacking:
        print(f"\n{advice.text(lacking, every)}")
    if ready:
        print(f"\n{advice.waiting(ready)}")


def number(value):
    """A rate as printed: two decimals, or a dash."""
    return "–" if value is None else f"{value:.2f}"


def for_pipe(lines):
    """All that is known of a row on its line, to search in; of any width."""
    table = [advice.PRINTED]
    for line in lines:
        values = ((x, getattr(line, x)) for x in advice.PRINTED)
        table.append(
            [number(x) if name in RATES else str(x) for name, x in values]
        )
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for cells in table:
        padded = map(str.ljust, cells, widths)
        print("  ".join(padded).rstrip())


def for_terminal(lines, console):
    """A block for each table of a paper, as wide as the terminal."""
    protocol = max((len(line.protocol) for line in lines), default=0)
    widths = {
        "protocol": protocol,
        "reported": 8,
        "here": 13,
        "runs": 8,
        "": 10,
    }
    head = True
    for (paper, name), block in groupby(lines, attrgetter("paper", "table")):
        block = list(block)
        datasets = ", ".join(dict.fromkeys(line.dataset for line in block))
        console.print(
            f"\n[bold]{paper}, {escape(name)}[/]  [dim]{datasets}",
            highlight=False,
        )
        table = Table(
            box=None,
            header_style="dim",
            padding=(0, 1, 0, 0),
            show_header=head,
            width=min(console.width, MOST),
        )
        table.add_column("row", ratio=1)
        for column, width in widths.items():
            table.add_column(column, width=width, no_wrap=True)
        seen, head = None, False
        for line in block:
            spread = "" if line.sd is None else f" ± {number(line.sd)}"
            table.add_row(
                "" if line.row == seen else escape(line.row),
                line.protocol,
                number(line.reported),
                number(line.mean) + spread,
                f"{line.runs} of {line.wanted}",
                line.verdict if line.runs and line.verdict else line.status,
            )
            seen = line.row
        console.print(table, highlight=False)
