"""What a paper says, as data: its rows, their training, what it claims of them.

The words of a paper's file, from one place.
"""

from ferkeras.papers.comparison import Comparison
from ferkeras.papers.experiment import Experiment, Start, standardization
from ferkeras.papers.paper import Demo, Figure, LayerTable, Paper, Table, Unit
from ferkeras.papers.protocol import Others, Protocol
from ferkeras.papers.recipe import Phase, Recipe, cross_entropy
from ferkeras.papers.statements import Statement
from ferkeras.papers.task import CLASSIFICATION, RECONSTRUCTION, Task

__all__ = [
    "CLASSIFICATION",
    "RECONSTRUCTION",
    "Comparison",
    "Demo",
    "Experiment",
    "Figure",
    "LayerTable",
    "Others",
    "Paper",
    "Phase",
    "Protocol",
    "Recipe",
    "Start",
    "Statement",
    "Table",
    "Task",
    "Unit",
    "cross_entropy",
    "standardization",
]
