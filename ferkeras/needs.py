"""What a run takes of the machines of a Ray cluster."""

import math
import shutil
import subprocess

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from ferkeras.costs import count_networks, memory_of, read_costs
from ferkeras.record import ROOT

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


class Needs:
    """Resources of runs, on the machines that the cluster has now.

    Args:
        share_batches: whether each run shares its batches over all cards of a
            machine.
    """

    def __init__(self, share_batches):
        self.costs = read_costs(ROOT / "results")
        alive = {
            node["NodeID"]: node["Resources"]
            for node in ray.nodes()
            if node["Alive"]
        }
        cores = [x["CPU"] for x in alive.values() if x.get("CPU")]
        with_cards = {k: x["GPU"] for k, x in alive.items() if x.get("GPU")}
        self.cores = min(cores, default=1)
        self.cards = min(with_cards.values(), default=0)
        self.share_batches = share_batches
        look = ray.remote(max_calls=1)(cards)
        looks = [look.options(**on(node)).remote() for node in with_cards]
        self.memory = min(sum(ray.get(looks), []), default=None)

    def of(self, row):
        """What a task of a row asks Ray for.

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
