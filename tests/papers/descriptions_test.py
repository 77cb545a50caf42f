"""What is at its default is not in a digest."""

from dataclasses import dataclass, field, replace
from functools import partial

import keras

from ferkeras.papers import Phase
from ferkeras.papers.descriptions import settings
from ferkeras.training.schedules import one_cycle


def test_fields_at_their_defaults_are_left_out():
    phase = Phase(partial(keras.optimizers.Adam, 1e-3), 2)
    plain = {"optimizer": "keras.Adam(0.001)", "epochs": 2}
    assert settings(phase) == plain
    rates = {"learning_rate": partial(one_cycle, peak=0.1)}
    other = replace(phase, schedules=rates, frozen="body", image_size=96)
    assert settings(other) == plain | {
        "schedules": {
            "learning_rate": "ferkeras.schedules.one_cycle(peak=0.1)"
        },
        "frozen": "body",
        "image_size": 96,
    }


@dataclass(frozen=True)
class Before:
    name: str
    share: float = 0.2


@dataclass(frozen=True)
class After(Before):
    by: str = "image"
    options: dict = field(default_factory=dict)


def test_a_field_that_is_added_later_changes_nothing():
    assert settings(Before("a")) == settings(After("a")) == {"name": "a"}
    assert settings(After("a", by="subject")) != settings(Before("a"))
