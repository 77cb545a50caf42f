"""What a record says of the code and the time that it is from."""

import os
import shutil
import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def commit():
    """Commit of the code, with `+` where the code differs from it.

    As it is when first asked for: what is committed while a queue runs is not
    what it runs.

    A copy of the tree without its history, as on a borrowed machine, is told
    its commit by the environment variable `FERKERAS_COMMIT`.
    """

    def git(*words):
        return subprocess.run(
            ["git", *words], cwd=ROOT, capture_output=True, text=True
        ).stdout.strip()

    # Installed inside another project, git would tell of that one.
    ours = shutil.which("git") and not git("rev-parse", "--show-cdup")
    head = git("rev-parse", "HEAD") if ours else ""
    if not head:
        return os.environ.get("FERKERAS_COMMIT", "unknown")
    # What a run that is under way writes does not change the code.
    changed = git("status", "--porcelain", "--", ".", ":!results", ":!*.md")
    return head + ("+" if changed else "")


def now():
    """Time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
