"""What a run costs, estimated from its network: hours before any record.

The rates are fitted to the records in `results/`:

- On a processor, over 120 runs on one or two cores of AMD EPYC, under
  TensorFlow. Their own rates differ by up to five for one row, as other jobs
  ran beside many of them. The estimates are within a factor of two of more
  than 4 runs in 5, and within four of 98 in 100. Without such neighbours,
  networks with many multiply-adds have been seen two to four times as fast.
- On a GPU, 15 runs on an H200 under JAX, 11 to 15 of them side by side: a step
  of each took 7 to 15 ms whatever its network, so the card was waiting. One run
  alone should be faster. None had a network large enough to fill the card;
  what those take is arithmetic at a share of its peak that is assumed.
"""

from typing import NamedTuple

from ferkeras.dataset_sources import counts_of
from ferkeras.limits import SCORING_BATCH
from ferkeras.runs.cost_file import networks_of
from ferkeras.runs.image_counts import images_of
from ferkeras.runs.operations import PASSES, Operations

# Seconds on two cores: of an activation, a multiply-add, and of the update of
# a weight in each step.
ACTIVATION, MULTIPLY_ADD, WEIGHT = 1.9e-9, 8e-12, 1.3e-8
# Seconds of a step on a GPU, at the least.
STEP = 0.01
# Multiply-adds a second on an H200, a fifth of its peak: of 200e12, and in
# bfloat16 of 400e12.
RATES = {"float32": 40e12, "mixed_bfloat16": 80e12}
# Bytes on a card before any network: CUDA, its libraries, what they work in.
CONTEXT = 1.5e9
# Numbers that there are of a weight: itself, its gradient, an optimizer's
# moments, the best epoch's, and copies on their way.
COPIES = 8


class Seconds(NamedTuple):
    """Estimated seconds on a processor of two cores, and on a GPU."""

    processor: float
    gpu: float


def plus(total, numbers, factor):
    """The sum of named numbers and a multiple of others of the same names."""
    pairs = zip(total, numbers, strict=True)
    return type(total)(*(x + factor * y for x, y in pairs))


def operations_of(row, costs):
    """What training a row computes for an image, the mean over its epochs.

    Args:
        row: `Experiment`.
        costs: what `read_costs` returned.

    Returns:
        `Operations`, zeros for a row that trains nothing, or None where a
        network of the row is not counted.
    """
    phases = [costs.get(network) for network in networks_of(row)]
    if None in phases:
        return None
    total = Operations(0, 0, 0)
    for phase, operations in zip(row.recipe.phases, phases, strict=True):
        share = phase.epochs / row.recipe.epochs
        total = plus(total, operations, share)
    return total


def seconds_of(row, operations, images):
    """Estimate what a run takes, without what it starts from.

    Neither scoring nor compiling is counted, some percent and half a minute.

    Args:
        row: `Experiment`.
        operations: its `Operations`.
        images: how many it is trained on.

    Returns:
        `Seconds`.
    """
    epochs, batch = row.recipe.epochs, row.recipe.batch_size
    steps = epochs * max(1, images / batch)
    images *= epochs
    processor = (
        images
        * (
            ACTIVATION * operations.activations
            + MULTIPLY_ADD * operations.multiply_adds
        )
        + steps * WEIGHT * operations.weights
    )
    arithmetic = images * operations.multiply_adds / RATES[row.recipe.precision]
    return Seconds(processor, max(steps * STEP, arithmetic))


def estimate_alone(unit, costs):
    """What `estimate` gives for a unit, without what it starts from."""
    row, protocol = unit.row, unit.protocol
    counts, operations = counts_of(row.dataset), operations_of(row, costs)
    if counts is None or operations is None:
        return None
    images = images_of(counts, protocol.train, protocol.hold_outs)
    return seconds_of(row, operations, images)


def estimate(units, costs):
    """Estimate what units take, one after the other, with all they start from.

    A unit that several of them start from is run once.

    Args:
        units: list of `Unit`.
        costs: what `read_costs` returned.

    Returns:
        `Seconds`, or None where the cost of a unit's row, or the number of
        images of its dataset, is not known.
    """
    # Seeds cost alike.
    known, seeds = {}, {}
    for unit in units:
        for each in (*unit.stages, unit):
            known[each.folder] = each
            seeds.setdefault(each.folder, set()).add(each.seed)
    total = Seconds(0, 0)
    for folder, unit in known.items():
        of_one = estimate_alone(unit, costs)
        if of_one is None:
            return None
        total = plus(total, of_one, len(seeds[folder]))
    return total


def memory_of(row, costs):
    """Bytes that training a row takes on a card, estimated rather too high.

    Images that stay on the card are not counted: they are only put on one that
    has the room.

    Args:
        row: `Experiment`.
        costs: what `read_costs` returned, the row's networks among them.

    Returns:
        The number.
    """
    phases = [costs[network] for network in networks_of(row)]
    images = max(row.recipe.batch_size, SCORING_BATCH / PASSES)
    numbers = (x.activations * images + COPIES * x.weights for x in phases)
    return CONTEXT + 4 * max(numbers, default=0)
