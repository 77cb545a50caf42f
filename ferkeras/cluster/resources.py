"""What a run takes of the machines of a Ray cluster."""

import math
import shutil
import subprocess
from dataclasses import dataclass

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from ferkeras.runs.cost_file import count_networks, read_costs
from ferkeras.runs.costs import memory_of
from ferkeras.runs.provenance import ROOT

# Cores of a run where no machine has a card: more hardly help networks of this
# size, and several runs do.
CORES = 2


def on(node_id):
    """Options of what Ray is to start on one machine, beside all else."""
    strategy = NodeAffinitySchedulingStrategy(node_id, soft=False)
    return {"num_cpus": 0, "scheduling_strategy": strategy}


def cards():
    """Bytes of memory of each card of this machine; none where unknown."""
    if not shutil.which("nvidia-smi"):
        return []
    words = "nvidia-smi", "--query-gpu=memory.total", "--format=csv,nounits"
    _, *lines = subprocess.check_output(words, text=True).splitlines()
    return [int(line) * 2**20 for line in lines]


@dataclass(frozen=True)
class Needs:
    """What runs ask Ray for, on the machines that a cluster has.

    Attributes:
        cores: of the machine that has the fewest.
        cards: likewise, of those that have any; 0 where none has.
        memory: bytes of the smallest card; None where unknown.
        share_batches: whether each run shares its batches over all cards of a
            machine.
        costs: as of `ferkeras.runs.cost_file.read_costs`; networks are added as
            they are asked for.
    """

    cores: float
    cards: float
    memory: int | None
    share_batches: bool
    costs: dict

    def of(self, row):
        """What a task of a row asks for.

        Args:
            row: `Experiment`.

        Returns:
            Options of the task; and its share of a card's memory, 0 for none.
        """
        if not self.cards:
            return {"num_cpus": min(CORES, self.cores)}, 0
        if self.share_batches or not self.memory:
            cards = self.cards if self.share_batches else 1
            return {"num_cpus": 1, "num_gpus": cards}, 1.0
        count_networks(row, self.costs)
        need = memory_of(row, self.costs) / self.memory
        share = min(1.0, math.ceil(100 * need) / 100)
        return {"num_cpus": 1, "num_gpus": share}, share


def needs_here(share_batches):
    """`Needs` on the machines that the cluster has now."""
    alive = [node for node in ray.nodes() if node["Alive"]]
    cores = [x["Resources"].get("CPU") for x in alive]
    with_cards = [x for x in alive if x["Resources"].get("GPU")]
    look = ray.remote(max_calls=1)(cards)
    found = ray.get(
        [look.options(**on(x["NodeID"])).remote() for x in with_cards]
    )
    return Needs(
        min(filter(None, cores), default=1),
        min((x["Resources"]["GPU"] for x in with_cards), default=0),
        min(sum(found, []), default=None),
        share_batches,
        read_costs(ROOT / "results"),
    )
