"""The networks that `ferkeras bench` measures."""

from dataclasses import replace

from ferkeras.reports.bench import Network
from reproductions import chesley2021, pandey2019, vo2020


def row(module, name):
    """A paper's row."""
    (found,) = (row for row in module.PAPER.rows if row.name == name)
    return found


def full(row):
    """A row in float32."""
    return replace(row, recipe=replace(row.recipe, precision="float32"))


VGG13 = row(pandey2019, "VGG13")
XCEPTION = row(pandey2019, "mini-Xception (Arriaga et al.)")
PSR = row(vo2020, "FER+: PSR, PDLS (random)")
# The lightest first. 28,672 images are batches of 32 and of 128 alike.
NETWORKS = (
    Network("LeNet-5", row(chesley2021, "I: LeNet5"), 28_672, 512),
    Network("mini-Xception", XCEPTION, 28_672, 64),
    Network("compact", row(pandey2019, "Base"), 28_672, 32),
    Network("DeXpression", row(chesley2021, "J: DeXpression"), 28_672, 32),
    Network("VGG13", full(VGG13), 28_672, 8),
    Network("VGG13, bfloat16", VGG13, 28_672, 8),
    Network("PSR", PSR, 1_024, 2),
)
