"""Every row and what is recorded of it, in a file that is read at once.

Papers import Keras, which takes seconds. `results/rows.json` has what they and
their records say, and the digest of the files that it was made from: where one
of these has changed since, the file does not count.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ferkeras.dataset_names import is_prepared
from ferkeras.files import write_whole

RECORDED, WAITING, INCOMPLETE, NOT_RUN = STATUSES = (
    "recorded",
    "waiting",
    "incomplete",
    "not run",
)


@dataclass(frozen=True)
class Listed:
    """A row of a table under a protocol, as plain values.

    Attributes:
        paper: its key.
        table: name.
        row: name.
        dataset: TFDS name with its config.
        protocol: name.
        metric: name of the score that the row is judged by.
        reported: the paper's number, or None.
        mean: of the runs, or None.
        sd: standard deviation over runs, or None.
        runs: how many are complete.
        status: one of `STATUSES`.
        verdict: what became of the paper's number; empty where it is not
            judged.
        wanted: runs that the table asks for.
        datasets: names of those of the row and of what it starts from.
        weights: published files that it starts from, their addresses by name.
        seconds: estimates of what a run takes with all that it starts from, on
            a processor and on a GPU; None where there are none.
        alone: the same without what it starts from.
    """

    paper: str
    table: str
    row: str
    dataset: str
    protocol: str
    metric: str
    reported: float | None
    mean: float | None
    sd: float | None
    runs: int
    status: str
    verdict: str
    wanted: int
    datasets: list[str]
    weights: Mapping[str, str]
    seconds: list[float] | None
    alone: list[float] | None

    def here(self, data_dir: Path) -> "Listed":
        """The row on this machine, where what it needs may be at hand or not.

        Args:
            data_dir: folder of prepared datasets.
        """
        if self.status not in (WAITING, NOT_RUN) or self.runs:
            return self
        status = WAITING if self.at_hand(data_dir) else NOT_RUN
        # Before any run, there is nothing else to say of the paper's number.
        return replace(self, status=status, verdict=self.verdict and status)

    def at_hand(self, data_dir: Path) -> bool:
        """Whether all that the row needs is in a folder of datasets."""
        folder = data_dir / "weights"
        return all(
            is_prepared(dataset, data_dir) for dataset in self.datasets
        ) and all((folder / name).exists() for name in self.weights)


def rows_file(results: Path) -> Path:
    """File of the rows, in a folder of results."""
    return results / "rows.json"


def digest_of(sources: Iterable[Path], results: Path) -> str:
    """SHA-256 of the files that rows are read from.

    Args:
        sources: the papers' files.
        results: folder of results.
    """
    named = {path.name: path for path in sources}
    for path in (*results.glob("costs.csv"), *results.glob("*/*/*/seed*.json")):
        named[path.relative_to(results).as_posix()] = path
    found = hashlib.sha256()
    for name, path in sorted(named.items()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        found.update(f"{name} {content}\n".encode())
    return found.hexdigest()


def read_rows(digest: str, results: Path) -> list[Listed] | None:
    """Rows as `write_rows` wrote them; None where that was of other files."""
    path = rows_file(results)
    if not path.exists():
        return None
    try:
        found = json.loads(path.read_text())
    except ValueError:  # of a merge, say
        return None
    if found["made_of"] != digest:
        return None
    return [Listed(**line) for line in found["rows"]]


def write_rows(rows: Iterable[Listed], digest: str, results: Path) -> Path:
    """Write rows, one a line.

    Args:
        rows: what is written.
        digest: of what they were read from, taken before that: what changes
            meanwhile must not pass for known.
        results: folder of results.
    """
    lines = (json.dumps(asdict(row), ensure_ascii=False) for row in rows)
    text = f'{{"made_of": "{digest}", "rows": [\n' + ",\n".join(lines)
    path = rows_file(results)
    write_whole(path, f"{text}\n]}}\n")
    return path
