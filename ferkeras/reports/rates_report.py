"""What the bench measured, as a table, a chart and a file of numbers."""

import csv
import io
import os

import keras

from ferkeras.files import write_whole
from ferkeras.papers.descriptions import slug
from ferkeras.reports.rates_chart import rates_png
from ferkeras.reports.tables import table
from ferkeras.runs import provenance
from ferkeras.training import devices

SEEDS = 4  # side by side
PEERS, FIT, ENGINE = "peers' way", "fit", "engine"
SEEDED = f"engine, {SEEDS} seeds"
WAYS = (PEERS, FIT, ENGINE, SEEDED)
# Floating point operations a second, dense, of the tensor cores that a
# precision is computed on: float32 as TF32, JAX's and TensorFlow's default
# (jax-ml/jax#18934). NVIDIA's data sheets of H100 SXM and H200.
HOPPER = {"mixed_bfloat16": 989e12, "float32": 495e12}
PEAKS = {"NVIDIA H100 80GB HBM3": HOPPER, "NVIDIA H200": HOPPER}
WORDS = """\
*Peers' way*: Keras' `fit` as most write it, float images in memory, \
standardised, which `ImageDataGenerator` turns, shifts, zooms and flips one by \
one on the processor. *fit*: ours, on bytes, augmented and standardised in the \
compiled step. *engine*: stretches of an epoch in one compiled call, on JAX, \
alone and with {seeds} seeds side by side, whose images count together. \
Network, batch size, optimizer, loss and augmentation are the same. All images \
are noise, as speed does not depend on what they show; scoring and compiling \
are not counted. *Waits*: share of a step in which the device waits for its \
batch to be made, which is one less the rate over that with the same batch fed \
again and again. *TFLOP/s*: of the fastest way, two for each multiply-add of \
convolutions and dense layers, forward and back.
"""


def peak_of(device, precision):
    """Floating point operations a second of a device at best, or None."""
    return PEAKS.get(device, {}).get(precision)


def printed(rate):
    """A rate with three digits at the least, or a dash."""
    if rate is None:
        return "–"
    return f"{rate:,.0f}" if rate >= 100 else f"{rate:.3g}"


def percent(share):
    """A share as whole percent, or a dash."""
    return "–" if share is None else f"{100 * share:.0f} %"


def by_network(lines):
    """Lines by network's name, then by way."""
    found = {}
    for line in lines:
        found.setdefault(line["network"], {})[line["way"]] = line
    return found


def cells(name, ways):
    """A network's line of the Markdown table."""
    first = ways[PEERS]
    rated = [x for x in ways.values() if x["images_per_second"]]
    best = max(rated, key=lambda x: x["images_per_second"], default=first)
    pair = best["images_per_second"], first["images_per_second"]
    return [
        name,
        str(first["image_size"]),
        str(first["batch_size"]),
        *(
            x["left_out"] or printed(x["images_per_second"])
            for x in ways.values()
        ),
        f"{pair[0] / pair[1]:.2f}" if all(pair) else "–",
        *(percent(ways[way]["wait"]) for way in (PEERS, FIT)),
        printed(best["teraflops"]),
        percent(best["share_of_peak"]),
    ]


def render(lines):
    """The table as Markdown, with what the numbers are and are of."""
    backend, device = keras.backend.backend(), devices.device_name()
    head = ["network", "pixels", "batch", *WAYS, "fastest over peers'"]
    head += ["waits, peers' way", "waits, fit", "TFLOP/s", "of peak"]
    body = [cells(*each) for each in by_network(lines).items()]
    versions = ", ".join(f"{k} {v}" for k, v in devices.versions().items())
    cores = len(os.sched_getaffinity(0))
    peaks = PEAKS.get(device, {})
    peak = "The device's peak is not known here."
    if peaks:
        peak = "Peak: " + ", ".join(
            f"{value / 1e12:.0f} TFLOP/s for {name}"
            for name, value in peaks.items()
        )
        peak += ", dense; float32 is computed as TF32."
    own = ", and timed by what this one took of its core"
    own *= cores == 1 and devices.on_processor()
    return f"""# Images a second in training: {device}, {backend}

{table(head, body)}
{WORDS.format(seeds=SEEDS)}
{peak} {cores} of {os.cpu_count()} processor cores to use, where, with this, \
{os.getloadavg()[1]:.1f} programs ran or waited{own}; {versions}; \
commit {provenance.commit()}; {provenance.now()}.
"""


def write(lines, folder):
    """Write table and, where anything was measured, a chart.

    Args:
        lines: what `measure_all` returned.
        folder: `pathlib.Path`.

    Returns:
        `pathlib.Path` of the Markdown.
    """
    device, backend = devices.device_name(), keras.backend.backend()
    path = folder / f"{slug(device)}-{backend}.md"
    text = io.StringIO()
    writer = csv.DictWriter(text, lines[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    write_whole(path.with_suffix(".csv"), text.getvalue())
    title = f"Images a second in training, on noise\n{device}, {backend}"
    found = {
        f"{name}\n{ways[PEERS]['image_size']} px, "
        f"batch {ways[PEERS]['batch_size']}": {
            way: line["images_per_second"] for way, line in ways.items()
        }
        for name, ways in by_network(lines).items()
    }
    words = render(lines)
    if any(line["images_per_second"] for line in lines):
        picture = path.with_suffix(".png")
        rates_png(found, title, picture)
        words += f"\n![{title.splitlines()[0]}]({picture.name})\n"
    write_whole(path, words)
    return path
