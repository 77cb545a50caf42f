"""Lines of the table that tells where each run's numbers come from."""

from ferkeras.reports.number_words import percent


def short(commit):
    """A commit's first digits, and its mark of uncommitted changes."""
    return f"`{commit[:9]}`" + ("+" if commit.endswith("+") else "")


PROVENANCE_HEAD = [
    "row",
    "protocol",
    "seed",
    "epochs",
    "epoch chosen",
    "its score there",
    "images and fingerprint",
    "parameters",
    "device",
    "training",
    "commit",
]


def provenance_row(unit, entry):
    """A line of the provenance table."""
    epochs, sessions = entry["epochs"], entry["sessions"]
    splits = entry["dataset"]["images"]
    prints = entry["dataset"]["fingerprint"]
    return [
        unit.row.name,
        unit.protocol.name,
        str(unit.seed),
        f"{epochs['done']} of {epochs['planned']}",
        f"{epochs['best']}, by {entry['protocol']['checkpoint_chosen_on']}"
        if epochs["done"]
        else "–",
        percent(entry[f"selection_{unit.row.task.metric}"]),
        ", ".join(f"{k} {n} `{prints[k][:8]}`" for k, n in splits.items()),
        f"{entry['parameters']:,}",
        "; ".join(
            dict.fromkeys(f"{s['device']}, {s['backend']}" for s in sessions)
        ),
        f"{entry['seconds'] / 60:.0f} min, {entry['images_per_second']:.0f}/s",
        "; ".join(dict.fromkeys(short(s["commit"]) for s in sessions)),
    ]
