"""`ferkeras models`: the trained models that ship."""

import os

from ferkeras.reports.accuracy import accuracy_of
from ferkeras.trained.zoo import DEFAULT, full_name, shipped


def print_table(rows):
    """Print rows of strings in columns, each on its line, of any width."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(map(str.ljust, row, widths)).rstrip())


def print_models(asked):
    """Print the models that ship."""
    models = shipped(asked.results)
    if not models:
        print(f"There is no model in {asked.results}.")
        return
    print_table(
        [("name", "dataset", "accuracy", "MB", "card")]
        + [
            (
                model.name,
                model.record["dataset"]["name"],
                accuracy_of(model),
                f"{model.file.stat().st_size / 1e6:.1f}",
                os.path.relpath(model.card),
            )
            for model in models.values()
        ],
    )
    name = full_name(DEFAULT, models)
    name = name if name in models else next(iter(models))
    print(f'\nIn Python: ferkeras.load("{name}")')
    print(f"As a file: ferkeras export {name} --to onnx")
