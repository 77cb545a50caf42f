"""Images a second in training, of several networks, each in several ways."""

import re
import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import keras
import numpy as np
from rich.console import Console

from ferkeras.data import random_affine
from ferkeras.limits import BENCH
from ferkeras.papers.experiment import Experiment
from ferkeras.reports.rates_report import (
    ENGINE,
    FIT,
    PEERS,
    SEEDED,
    SEEDS,
    WAYS,
    peak_of,
    write,
)
from ferkeras.runs import cost_file
from ferkeras.runs.operations import count_operations
from ferkeras.training import devices, rates

# As the peers augment, so that every way does the same.
AUGMENT = partial(random_affine, flip=0.5, rotation=10, shift=0.1, zoom=1.1)
# Multiply-adds an image above which a processor does not try the engine,
# which is slow there.
HEAVY = 1e8


@dataclass(frozen=True)
class Network:
    """What is measured.

    Attributes:
        name: in the table.
        row: `Experiment` of a classifier.
        images: how many, on an accelerator.
        few: how many, on a processor; no batch there is larger.
    """

    name: str
    row: Experiment
    images: int
    few: int


def share_of_peak(rate, multiply_adds, peak):
    """Share of a peak that training uses, or None for an unknown one.

    Args:
        rate: images a second.
        multiply_adds: of training on an image, forward and back.
        peak: floating point operations a second.
    """
    return 2 * multiply_adds * rate / peak if peak else None


def multiply_adds_of(row, known):
    """Of training a row on an image; counted where `known` has it not."""
    (key, *_) = cost_file.networks_of(row)
    if key in known:
        return known[key].multiply_adds
    shape = row.image_size, row.image_size, len(row.channels)

    def network(shape):
        return row.model(shape, cost_file.NUM_CLASSES)

    return count_operations(network, shape).multiply_adds


def measure(setup, way, seconds, processor):
    """Rate of a way of training, and the share of a step that it waits.

    Args:
        setup: `ferkeras.training.train.Setup`.
        way: one of `WAYS`.
        seconds: to time.
        processor: whether it is one.

    Returns:
        Images a second and the share, 0 to 1, or None where nothing is made.
    """
    if way in (PEERS, FIT):
        of = rates.peers_rates if way == PEERS else rates.fit_rates
        found = of(setup, seconds)
        return found.rate, found.wait
    if processor:
        one = np.arange(min(setup.recipe.batch_size, len(setup.faces.labels)))
        setup = replace(setup, faces=setup.faces.take(one))
    runs = SEEDS if way == SEEDED else 1
    return rates.engine_rate(setup, runs, seconds), None


def left_out(way, multiply_adds, processor, deadline):
    """Why a way is not measured, or nothing."""
    if way in (ENGINE, SEEDED):
        if keras.backend.backend() != "jax":
            return "JAX only"
        if processor and multiply_adds > HEAVY:
            return "slow on a processor"
    return "no time left" if time.monotonic() > deadline else ""


def measure_all(networks, known, seconds, limit, processor, say):
    """Measure networks in every way.

    Args:
        networks: list of `Network`.
        known: what `ferkeras.runs.cost_file.read_costs` returned.
        seconds: to time, of each rate.
        limit: seconds after which no further measurement begins.
        processor: whether it is one.
        say: takes the words for what is measured now.

    Returns:
        A list of dicts, one for each network and way.
    """
    deadline, device = time.monotonic() + limit, devices.device_name()
    lines = []
    for network in networks:
        row, count = network.row, network.images
        batch = row.recipe.batch_size
        if processor:
            count, batch = network.few, min(network.few, batch)
        recipe = replace(row.recipe, batch_size=batch, augment=AUGMENT)
        row, setup = replace(row, recipe=recipe), None
        multiply_adds = multiply_adds_of(row, known)
        peak = peak_of(device, recipe.precision)
        for way in WAYS:
            say(f"{network.name}: {way}")
            line = {
                "network": network.name,
                "row": row.name,
                "image_size": row.image_size,
                "batch_size": batch,
                "precision": recipe.precision,
                "way": way,
                "images_per_second": None,
                "wait": None,
                "teraflops": None,
                "share_of_peak": None,
                "left_out": left_out(way, multiply_adds, processor, deadline),
            }
            lines.append(line)
            if line["left_out"]:
                continue
            setup = setup or rates.noise_setup(row, count)
            try:
                rate, wait = measure(setup, way, seconds, processor)
            except Exception as error:
                # Of a class of each backend's own.
                if not re.search("RESOURCE.?EXHAUSTED", repr(error), re.I):
                    raise
                line["left_out"] = "out of memory"
                continue
            line |= {
                "images_per_second": rate,
                "wait": wait,
                "teraflops": share_of_peak(rate, multiply_adds, 1e12),
                "share_of_peak": share_of_peak(rate, multiply_adds, peak),
            }
        keras.utils.clear_session()
    return lines


def bench(networks, results, seconds=0.5, limit=None):
    """Measure networks and write the table.

    Args:
        networks: list of `Network`, the lightest first.
        results: folder of results.
        seconds: to time, of each rate.
        limit: seconds after which no further measurement begins.

    Returns:
        `pathlib.Path` of the Markdown.
    """
    processor = devices.on_processor()
    limit = BENCH[processor] if limit is None else limit
    known = cost_file.read_costs(results)
    with Console(stderr=True).status("") as status:
        lines = measure_all(
            networks, known, seconds, limit, processor, status.update
        )
    return write(lines, Path(results) / "bench")
