"""How long runs take on 1, 8 and 64 GPUs: a simulation from measured rates.

`python docs/scale.py` prints the tables of scale.md.
"""

import heapq
from itertools import cycle, islice

CARDS = 1, 8, 64
PER_MACHINE = 8

# Measured with Ray 2.60 on two cores of a processor: seconds until the process
# of a task has Keras; bytes a second that a worker sends the driver.
START, SENT = 8.0, 250e6
# Measured on an H200, in the records of 15 runs of chesley2021 side by side on
# one card: seconds of each, compiling included; and of a step, at the least.
RUNS_AT_48_PX = (
    (478, 478, 475, 519, 519, 514, 340, 338, 216)  # B, E and F
    + (437, 434, 248, 253, 246, 128)  # J and M
)
SIDE_BY_SIDE, STEP = 15, 0.010
# Counted, in results/costs.csv: multiply-adds of an image in training, of VGG16
# the mean over its sizes; and weights.
PSR_AT_96_PX, PSR_AT_100_PX, VGG16 = 28.6e9, 30.3e9, 9.4e9
WEIGHTS = {"48 px": 0.3e6, "PSR": 20.2e6}
# Assumed: multiply-adds a second, a fifth of the peak; bytes a second from card
# to card, and from machine to machine; seconds of scoring and exporting.
ARITHMETIC, BETWEEN, NETWORK, END = 40e12, 300e9, 1.25e9, 15
# Of FER+ by half of the votes, and of AffectNet.
FERPLUS_IMAGES, AFFECTNET_IMAGES = 25_373, 284_774
# What a snapshot has of a weight: its value, the best epoch's, and an
# optimizer's two; and seconds between snapshots.
SNAPSHOT, EVERY = 4 * 4, 20


def seconds(multiply_adds, images, epochs):
    """Of a run that is limited by its arithmetic."""
    return multiply_adds * images * epochs / ARITHMETIC


def simulate(stages, runs, slots):
    """Give each run to the first slot that is free, stages before all else.

    Args:
        stages: list of seconds, what has to be over before `runs` begin.
        runs: list of seconds.
        slots: how many run at once.

    Returns:
        Seconds until all are over, and the share of the slots' time in which
        they train.
    """
    free, ready = [0.0] * slots, 0.0
    for group in (stages, runs):
        ends = []
        for run in group:
            begin = max(heapq.heappop(free), ready)
            ends.append(begin + START + run + END)
            heapq.heappush(free, ends[-1])
        ready = max(ends, default=ready)
    return ready, sum(stages + runs) / (ready * slots)


def queues():
    """Each queue's name, stages, runs, runs a card and weights."""
    small = list(islice(cycle(RUNS_AT_48_PX), 240))
    large = [seconds(PSR_AT_96_PX, FERPLUS_IMAGES, 60)] * 18
    before = [seconds(VGG16, FERPLUS_IMAGES, 100)] * 3
    return (
        ("240 runs at 48 px", [], small, SIDE_BY_SIDE, WEIGHTS["48 px"]),
        ("18 runs of PSR, after 3 of VGG16", before, large, 1, WEIGHTS["PSR"]),
    )


def table(head, rows):
    """Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def of_queues():
    """Hours and busy share of queues, and what reaches the driver."""
    rows = []
    for name, stages, runs, per_card, weights in queues():
        for cards in CARDS:
            slots = cards * per_card
            time, busy = simulate(stages, runs, slots)
            at_once = min(slots, len(runs))
            sent = at_once * weights * SNAPSHOT / EVERY
            rows.append(
                (
                    name,
                    cards,
                    f"{time / 60:.0f} min",
                    f"{100 * busy:.0f} %",
                    f"{sent / 1e6:.0f} MB/s",
                )
            )
    head = "queue", "GPUs", "time", "of it training", "snapshots"
    return table(head, rows)


def of_one_run():
    """A step of PSR on AffectNet, whose batch several cards share."""
    rows = []
    for cards in (1, 2, 4, 8):
        arithmetic = 32 * PSR_AT_100_PX / ARITHMETIC / cards
        added = 2 * (cards - 1) / cards * 4 * WEIGHTS["PSR"] / BETWEEN
        step = max(STEP, arithmetic) + added
        rows.append(
            (
                cards,
                f"{1000 * arithmetic:.1f} ms",
                f"{1000 * added:.1f} ms",
                f"{1000 * step:.1f} ms",
                f"{32 / step:,.0f}",
                f"{50 * AFFECTNET_IMAGES / 32 * step / 3600:.1f} h",
            )
        )
    head = "GPUs", "arithmetic", "sum of gradients", "step", "images/s"
    return table((*head, "50 epochs"), rows)


if __name__ == "__main__":
    print(f"{of_queues()}\n\n{of_one_run()}")
