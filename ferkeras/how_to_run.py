"""What a row that was not run asks for: data, commands and time."""

from ferkeras.costs import estimate, read_costs
from ferkeras.data.access import access_to, how_to_prepare, offered_as
from ferkeras.durations import about, between
from ferkeras.paper import Unit
from ferkeras.tables import table
from ferkeras.weights import FILES

NOT_RUN = "not run"
WIDTH = 100  # columns of a terminal
KEYS = ("dataset_from", "prepare", "command", "hours_cpu", "hours_gpu")
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


def words_of(paper, rows=(), tables=(), protocol=None):
    """A paper's command as a list of words, names in quotes."""
    words = [f"python -m reproductions.{paper.key}"]
    for option, names in (("--tables", tables), ("--rows", rows)):
        if names:
            # An option stays on the line of its first name.
            first, *others = (f'"{name}"' for name in names)
            words += [f"{option} {first}", *others]
    return [*words, f"--protocol {protocol}"] if protocol else words


def as_json(line, status, costs):
    """What `python -m reproductions --json` says of a line besides.

    Args:
        line: `Line`.
        status: its status; other lines than those not run have None's.
        costs: what `ferkeras.costs.read_costs` returned.

    Returns:
        dict of `KEYS`. Hours are those of one run and all that it starts
        from, to two digits; None where there is no estimate.
    """
    if status != NOT_RUN:
        return dict.fromkeys(KEYS)
    dataset, access = line.row.dataset, access_to(line.row.dataset)
    seconds = estimate(units_of(line)[:1], costs) or (None, None)
    values = (
        access and str(access),
        how_to_prepare(dataset),
        " ".join(words_of(line.paper, [line.row.name], (), line.protocol.name)),
        *(x and float(f"{x / 3600:.2g}") for x in seconds),
    )
    return dict(zip(KEYS, values, strict=True))


def datasets_of(lines):
    """Datasets of lines and of what they start from, by their TFDS names."""
    units = [units_of(line)[0] for line in lines]
    found = [unit.row.dataset for unit in units]
    found += [stage.row.dataset for unit in units for stage in unit.stages]
    return list(dict.fromkeys(found))


def weights_of(lines):
    """Published files that lines start from, `{file name: address}`."""
    names = (name for line in lines for name in line.row.published)
    return {FILES[name].name: FILES[name].url for name in names}


def grouped(lines):
    """Lines by their dataset, whatever its config, then by their paper.

    Returns:
        dict of what a dataset is asked for as, to a dict of the paper's key to
        lines.
    """
    groups = {}
    for line in lines:
        dataset = offered_as(line.row.dataset)
        of_dataset = groups.setdefault(dataset, {})
        of_dataset.setdefault(line.paper.key, []).append(line)
    return groups


def command_of(lines):
    """The command that runs lines of one paper, tables by their names.

    Returns:
        list of words.
    """
    paper, names = lines[0].paper, dict.fromkeys(x.row.name for x in lines)
    tables = [
        x for x in paper.tables if {row.name for row in x.rows} <= {*names}
    ]
    covered = {row.name for x in tables for row in x.rows}
    rows = [name for name in names if name not in covered]
    return words_of(paper, rows, [x.name for x in tables])


def broken(words, indent):
    """Words of a command on lines of up to `WIDTH`, as a shell takes them."""
    lines, room = [words[0]], WIDTH - indent - len(r" \ ")
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(f"    {word}")
    return " \\\n".join(lines).splitlines()


def times_of(lines, costs):
    """Sentences on what one run takes, and all of them; none if unknown."""
    runs = [estimate(units_of(line)[:1], costs) for line in lines]
    units = [unit for line in lines for unit in units_of(line)]
    if None in runs:
        return []
    processor, gpu = zip(*runs, strict=True)
    total = estimate(units, costs)
    count = len({(unit.folder, unit.seed) for unit in units})
    found = [
        f"a run: {between(processor)} on two cores, {between(gpu)} on a GPU"
    ]
    if count > 1:
        found.append(
            f"all {count}: {about(total.processor)} on two cores, "
            f"{about(total.gpu)} on a GPU"
        )
    return found


def text(lines, costs):
    """How to run lines, for a terminal.

    Args:
        lines: list of `Line`, those that are not run.
        costs: what `ferkeras.costs.read_costs` returned.

    Returns:
        str; a block for each dataset and paper, `WIDTH` columns but for
        addresses.
    """
    found = [
        "Not run, and how. Times are estimates, right within a factor of two "
        "as a rule."
    ]
    for dataset, papers in grouped(lines).items():
        found += ["", *whence(dataset)]
        for key, part in papers.items():
            rows = len({line.row.name for line in part})
            found.append(f"  {key}, {rows} row{'s' if rows > 1 else ''}")
            weights = ", ".join(weights_of(part))
            for word, entries in (
                ("prepare", map(how_to_prepare, datasets_of(part))),
                ("weights", [weights] if weights else []),
                ("run", broken(command_of(part), 13)),
                ("time", times_of(part, costs)),
            ):
                for entry in entries:
                    found.append(f"    {word:<8} {entry}")
                    word = ""
    weights = weights_of(lines)
    if weights:
        found += ["", "Weights, into the folder `weights` of the datasets"]
        found += [f"  {name}\n    {url}" for name, url in weights.items()]
    return "\n".join(found)


def whence(dataset):
    """Lines for a terminal on where a dataset comes from."""
    access = access_to(dataset)
    if access is None:
        return [dataset]
    return [
        f"{access.name}, {access.terms}",
        f"  {', '.join(access.files)} from",
        f"  {access.url}",
    ]


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
        f"`{' '.join(words_of(paper, [row.name]))}`",
        str(len(units)),
        *times,
    ]
