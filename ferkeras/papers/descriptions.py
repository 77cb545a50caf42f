"""What decides a row's result, as values that are written down."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import partial
from typing import Any

# What records and digests name is named so for good, wherever it moves to.
RECORDED_AS = {
    "ferkeras.training.optimizers": "ferkeras.optimizers",
    "ferkeras.training.schedules": "ferkeras.schedules",
}


def slug(name: str) -> str:
    """Folder name of a row: `"Base + Sobel"` becomes `"base-sobel"`."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def dotted(value: Any) -> str:
    """Write a function, with the arguments of a partial, for a record."""
    if isinstance(value, tuple):
        return f"({', '.join(map(dotted, value))},)"
    if isinstance(value, partial):
        words = [dotted(argument) for argument in value.args]
        words += [f"{k}={dotted(v)}" for k, v in value.keywords.items()]
        return f"{dotted(value.func)}({', '.join(words)})"
    if not callable(value):
        return repr(value)
    module = RECORDED_AS.get(value.__module__, value.__module__)
    # Where Keras keeps a class inside changes between versions.
    module = "keras" if module.startswith("keras.") else module
    return f"{module}.{value.__qualname__}"


def settings(value: Any) -> Any:
    """A dataclass's fields, less those at their defaults.

    A field that is added later does not change old digests.
    """
    if isinstance(value, tuple):
        return [settings(each) for each in value]
    if isinstance(value, Mapping):
        return {key: settings(each) for key, each in value.items()}
    if callable(value):
        return dotted(value)
    if not is_dataclass(value):
        return value
    # No field's default is a mapping that is not empty.
    return {
        field.name: settings(getattr(value, field.name))
        for field in fields(value)
        if getattr(value, field.name) not in (field.default, {})
    }
