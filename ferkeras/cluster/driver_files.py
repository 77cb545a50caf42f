"""The driver's folders, for workers on machines that do not see them."""

import time

from ferkeras.dataset_names import npz_path
from ferkeras.files import write_whole

CHUNK = 2**26  # bytes


class Keeper:
    """Reads and writes on the driver's machine, and passes on its news.

    An actor of Ray, which needs neither Keras nor NumPy. Paths are relative,
    as text.

    Args:
        results: `pathlib.Path` of the results folder.
        data_dir: `pathlib.Path` of the prepared datasets.
        deadline: `time.monotonic()` value of this machine; None for no limit.
    """

    def __init__(self, results, data_dir, deadline=None):
        self.results, self.data_dir = results, data_dir
        self.deadline, self.news = deadline, []

    def seconds_left(self):
        """Seconds until the deadline, or None."""
        return self.deadline and self.deadline - time.monotonic()

    def tell(self, *news):
        """Take what is to be passed on."""
        self.news.append(news)

    def told(self):
        """What was told since this was last asked, a list of tuples."""
        news, self.news = self.news, []
        return news

    def below(self, path):
        """Files of the results at or below a path."""
        top = self.results / path
        found = [top] if top.is_file() else sorted(top.rglob("*"))
        return [str(x.relative_to(self.results)) for x in found if x.is_file()]

    def read(self, path):
        """Bytes of a file of the results."""
        return (self.results / path).read_bytes()

    def write(self, path, content):
        """Write a file of the results whole; delete it where it is None."""
        if content is None:
            (self.results / path).unlink(missing_ok=True)
        else:
            write_whole(self.results / path, content)

    def prepared(self, dataset, weights):
        """Files of a prepared dataset, and published weights, that are here.

        Args:
            dataset: its name.
            weights: names of files.

        Returns:
            list of `(path, bytes, time of the last change)`.
        """
        folder = self.data_dir / dataset
        found = [npz_path(dataset, self.data_dir), self.data_dir / "DRAWN"]
        found += (self.data_dir / "weights" / name for name in weights)
        # What is derived from the files is made anew.
        found += (
            path
            for path in sorted(folder.rglob("*"))
            if not path.parent.name.startswith("pixels-")
        )
        return [
            (
                str(path.relative_to(self.data_dir)),
                path.stat().st_size,
                path.stat().st_mtime_ns,
            )
            for path in found
            if path.is_file()
        ]

    def piece(self, path, start):
        """`CHUNK` bytes of a prepared file, or the rest."""
        with open(self.data_dir / path, "rb") as file:
            file.seek(start)
            return file.read(CHUNK)
