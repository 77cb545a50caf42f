"""What a row that was not run asks for: data, commands and time."""

from ferkeras.dataset_sources import access_to, how_to_prepare
from ferkeras.durations import about, between
from ferkeras.papers.paper import Unit
from ferkeras.reports.advice import words_of
from ferkeras.reports.listing import NOT_RUN, Listed
from ferkeras.reports.summary import summarise
from ferkeras.reports.tables import table
from ferkeras.runs.cost_file import read_costs
from ferkeras.runs.costs import estimate, estimate_alone
from ferkeras.weights import FILES

HEAD = [
    "row",
    "dataset",
    "command",
    "runs",
    "a run, two cores",
    "a run, GPU",
    "all, two cores",
    "all, GPU",
]


def units_of(line):
    """The runs that a `Line`'s table asks for, a list of `Unit`."""
    return [
        Unit(line.paper, line.table, line.row, line.protocol, seed)
        for seed in range(line.table.runs)
    ]


def rows_of(lines):
    """Rows of lines, and then those that they start from."""
    units = [units_of(line)[0] for line in lines]
    stages = [stage for unit in units for stage in unit.stages]
    return [unit.row for unit in (*units, *stages)]


def datasets_of(lines):
    """Datasets of lines and of what they start from, by their TFDS names."""
    return list(dict.fromkeys(row.dataset for row in rows_of(lines)))


def weights_of(lines):
    """Published files of lines and of what they start from.

    Returns:
        dict of addresses by the files' names.
    """
    names = (name for row in rows_of(lines) for name in row.published)
    return {FILES[name].name: FILES[name].url for name in names}


def listed(papers, results):
    """Every row of papers as plain values, without a look at what is here.

    Args:
        papers: list of `Paper`.
        results: folder of results.

    Returns:
        list of `Listed`.

    Raises:
        ValueError: as `summarise`.
    """
    costs, found = read_costs(results), []
    for line in (line for x in papers for line in summarise(x, results)):
        unit = units_of(line)[0]
        seconds = estimate([unit], costs)
        alone = estimate_alone(unit, costs)
        found.append(
            Listed(
                **line.as_json(),
                wanted=line.table.runs,
                datasets=datasets_of([line]),
                weights=weights_of([line]),
                seconds=seconds and list(seconds),
                alone=alone and list(alone),
            )
        )
    return found


def section(paper, lines, results):
    """Markdown on what a paper's rows that were not run ask for.

    Args:
        paper: a `Paper`.
        lines: list of its `Line`s, those that were run too.
        results: folder of results.

    Returns:
        str without a heading; empty where every row has a record or waits for
        its turn alone.
    """
    lines = [line for line in lines if line.status() == NOT_RUN]
    if not lines:
        return ""
    costs = read_costs(results)
    prepare = {}
    for dataset in datasets_of(lines):
        of = access_to(dataset) or dataset
        commands = prepare.setdefault(str(of), [of])
        commands.append(f"`{how_to_prepare(dataset)}`")
    text = "".join(
        f"- {markdown_of(of)}: {', '.join(commands)}\n"
        for of, *commands in prepare.values()
    )
    text += "".join(
        f"- `{name}`, into the folder `weights` of the datasets: <{url}>\n"
        for name, url in weights_of(lines).items()
    )
    by_row = {}
    for line in lines:
        by_row.setdefault(line.row.name, {})[line.protocol.name] = line
    rows = [
        row_of(paper, [*found.values()], costs) for found in by_row.values()
    ]
    return (
        "`FOLDER` has the publisher's files. Times are estimates, right within "
        "a factor of two as a rule: on two cores of a processor, and on an "
        "H200; with what a run starts from.\n\n"
        f"{text}\n{table(HEAD, rows)}"
    )


def link(access):
    """A dataset's name, with its address where that is known."""
    if isinstance(access, str):
        return access
    return f"[{access.name}]({access.url})"


def markdown_of(access):
    """Where a dataset comes from, and on which terms; or its name alone."""
    terms = "" if isinstance(access, str) else f", {access.terms}"
    return link(access) + terms


def row_of(paper, lines, costs):
    """A line of the report's table, on the protocols of one row."""
    row, units = lines[0].row, [x for line in lines for x in units_of(line)]
    runs = [estimate(units_of(line)[:1], costs) for line in lines]
    times = ["–"] * 4
    if None not in runs:
        times = [*map(between, zip(*runs, strict=True))]
        times += map(about, estimate(units, costs))
    return [
        row.name,
        link(access_to(row.dataset) or row.dataset),
        f"`{' '.join(words_of(paper.key, [row.name]))}`",
        str(len(units)),
        *times,
    ]
