"""How to run what was not: data, commands and time, for a terminal."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from ferkeras.dataset_sources import access_to, how_to_prepare, offered_as
from ferkeras.durations import about, between
from ferkeras.reports.listing import RECORDED, Listed

WIDTH = 80  # columns of a terminal
KEYS = ("dataset_from", "prepare", "command", "hours_cpu", "hours_gpu")
# What `--json` prints of a row as it is.
PRINTED = (
    *("paper", "table", "row", "dataset", "protocol", "metric", "reported"),
    *("mean", "sd", "runs", "status", "verdict"),
)


def words_of(
    key: str,
    rows: Iterable[str] = (),
    tables: Iterable[str] = (),
    protocol: str = "",
) -> list[str]:
    """A paper's command as a list of words, names in quotes."""
    words = [f"ferkeras run {key}"]
    for option, names in (("--tables", tables), ("--rows", rows)):
        quoted = [f'"{name}"' for name in names]
        # An option stays on the line of its first name.
        words += [f"{option} {x}" for x in quoted[:1]] + quoted[1:]
    return [*words, f"--protocol {protocol}"] if protocol else words


def as_json(line: Listed) -> dict[str, object]:
    """The line as `--json` prints it.

    Returns:
        dict of `PRINTED` and `KEYS`, the latter None of what has all its runs.
        Hours are those of one run and all that it starts from, to two digits;
        None where there is no estimate.
    """
    values = asdict(line)
    printed = {key: values[key] for key in PRINTED}
    if line.status == RECORDED:
        return printed | dict.fromkeys(KEYS)
    access = access_to(line.dataset)
    hours = (
        x and float(f"{x / 3600:.2g}") for x in line.seconds or (None, None)
    )
    how = (
        access and str(access),
        how_to_prepare(line.dataset),
        " ".join(words_of(line.paper, [line.row], (), line.protocol)),
        *hours,
    )
    return printed | dict(zip(KEYS, how, strict=True))


def grouped(lines: Iterable[Listed]) -> dict[str, dict[str, list[Listed]]]:
    """Lines by their dataset, whatever its config, then by their paper.

    Returns:
        dict of what a dataset is asked for as, to a dict of the paper's key to
        lines.
    """
    groups: dict[str, dict[str, list[Listed]]] = {}
    for line in lines:
        of_dataset = groups.setdefault(offered_as(line.dataset), {})
        of_dataset.setdefault(line.paper, []).append(line)
    return groups


def command_of(lines: Sequence[Listed], every: Iterable[Listed]) -> list[str]:
    """The command that runs lines of one paper, tables by their names.

    Args:
        lines: those to run.
        every: all lines of the paper, and maybe of others.

    Returns:
        list of words.
    """
    key, names = lines[0].paper, list(dict.fromkeys(x.row for x in lines))
    tables: dict[str, list[str]] = {}
    for line in every:
        if line.paper == key:
            tables.setdefault(line.table, []).append(line.row)
    whole = [name for name, rows in tables.items() if {*rows} <= {*names}]
    covered = {row for name in whole for row in tables[name]}
    return words_of(key, [x for x in names if x not in covered], whole)


def broken(words: Sequence[str], indent: int) -> list[str]:
    """Words of a command on lines of up to `WIDTH`, as a shell takes them."""
    lines, room = [words[0]], WIDTH - indent - len(r" \ ")
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(f"    {word}")
    return " \\\n".join(lines).splitlines()


def times_of(lines: Iterable[Listed]) -> list[str]:
    """Sentences on what one run takes, and all of them; none if unknown."""
    # A row of several tables is run once.
    lines = {(line.row, line.protocol): line for line in lines}.values()
    runs = [line.seconds for line in lines if line.seconds]
    each = [(x.wanted - x.runs, x.alone) for x in lines if x.alone]
    if len(runs) < len(lines):
        return []
    processor, gpu = zip(*runs, strict=True)
    found = [
        f"a run: {between(processor)} on two cores, {between(gpu)} on a GPU"
    ]
    count = sum(wanted for wanted, _ in each)
    if count > 1:
        total = [sum(n * alone[k] for n, alone in each) for k in (0, 1)]
        found.append(
            f"all {count}: {about(total[0])} on two cores, {about(total[1])} "
            "on a GPU"
        )
    return found


def waiting(lines: Iterable[Listed]) -> str:
    """How to run lines whose data is at hand: a command, and what it takes."""
    lines = list(lines)
    papers = {line.paper for line in lines}
    what = papers.pop() if len(papers) == 1 else "--pending"
    found = [
        f"{len(lines)} of these wait for their turn alone:",
        f"ferkeras run {what} --time-budget 3600",
        *times_of(lines),
    ]
    return "\n  ".join(found)


def text(lines: Sequence[Listed], every: Sequence[Listed]) -> str:
    """How to run lines whose data is not at hand.

    Args:
        lines: some of `every`.
        every: all lines of their papers.

    Returns:
        A block for each dataset and paper, `WIDTH` columns but for addresses
        and names.
    """
    found = [
        "What needs data that is not here, and how to run it. Times are "
        "estimates, mostly right within a factor of two."
    ]
    for dataset, papers in grouped(lines).items():
        found += ["", *whence(dataset)]
        for key, part in papers.items():
            rows = len({line.row for line in part})
            found.append(f"  {key}, {rows} row{'s' if rows > 1 else ''}")
            datasets = dict.fromkeys(x for line in part for x in line.datasets)
            weights = weights_of(part)
            for word, entries in (
                ("prepare", [how_to_prepare(x) for x in datasets]),
                ("weights", list(weights)),
                ("run", broken(command_of(part, every), 13)),
                ("time", times_of(part)),
            ):
                for entry in entries:
                    found.append(f"    {word:<8} {entry}")
                    word = ""
    weights = weights_of(lines)
    if weights:
        found += ["", "Weights, into the folder `weights` of the datasets"]
        found += [f"  {name}\n    {url}" for name, url in weights.items()]
    return "\n".join(found)


def weights_of(lines: Iterable[Listed]) -> dict[str, str]:
    """Published files that lines start from, `{file name: address}`."""
    return {k: v for line in lines for k, v in line.weights.items()}


def whence(dataset: str) -> list[str]:
    """Lines on where a dataset comes from."""
    access = access_to(dataset)
    if access is None:
        return [dataset]
    return [
        f"{access.name}, {access.terms}",
        f"  {', '.join(access.files)} from",
        f"  {access.url}",
    ]
