"""A row of a paper's tables, as data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from keras import layers

from ferkeras.layers import COLOURS
from ferkeras.papers.descriptions import dotted, settings
from ferkeras.papers.recipe import Recipe, cross_entropy
from ferkeras.papers.task import CLASSIFICATION, Task
from ferkeras.weights import FILES

# One group a channel: every image is standardised by its own pixels.
standardization = partial(
    layers.GroupNormalization, groups=-1, center=False, scale=False
)


@dataclass(frozen=True)
class Start:
    """Weights that a row starts from.

    Attributes:
        source: name of another row of the paper, which is run first, or of a
            published file, a key of `ferkeras.weights.FILES`.
        names: mapping of regular expressions on layer names to the names in
            the source; layers of the same name when empty.
    """

    source: str
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Experiment:
    """One row of a table.

    Attributes:
        name: the row's words in the paper.
        model: `(input_shape, num_classes) -> keras.Model`.
        channels: names from `ferkeras.layers.CHANNELS`.
        reported: the printed numbers, in percent or decibels: the task's
            metric, and where the paper gives them `runs`, how many it is the
            mean of, `min` and `max` over these, `training`, the accuracy on
            the training images, `parameters`, the network's count, other
            scores by their names in `ferkeras.reports.other_scores`, `WORDS`
            and `LOSSES`, and `classes`, from names to recalls; empty for a row
            that the paper does not have.
        dataset: TFDS name, with its config.
        image_size: side in pixels of the square input.
        recipe: how it is trained.
        normalization: factory `(name=..., dtype=...) -> keras.Layer` of what
            brings the channels to the network's scale.
        keep_weights: whether the model trained under the clean protocol is
            written beside its record, weights in half precision.
        start_from: tuple of `Start`; random weights where none reaches.
        task: what the network is trained for.
        branches: names of the branches of a `pyramid_sr`, which are scored by
            themselves too.
        explain: name of a layer whose Grad-CAM maps of test images are drawn
            into the run's work folder; none are where it is empty.
        judged_under: name of the protocol that the paper's number is of, where
            that is not the one of the row's table with `papers`.
    """

    name: str
    model: Callable
    channels: tuple[str, ...]
    reported: Mapping[str, float | Mapping[str, float]]
    dataset: str
    image_size: int
    recipe: Recipe
    normalization: Callable = standardization
    keep_weights: bool = False
    start_from: tuple[Start, ...] = ()
    task: Task = CLASSIFICATION
    branches: tuple[str, ...] = ()
    explain: str = ""
    judged_under: str = ""

    @property
    def published(self) -> tuple[str, ...]:
        """Published files of weights that the row starts from."""
        return tuple(x.source for x in self.start_from if x.source in FILES)

    @property
    def colours(self) -> int:
        """Colours of the images that the row asks for: 1 or 3."""
        return 3 if {*self.channels} & {*COLOURS} else 1

    def describe(self) -> dict:
        """Everything that decides the row's result, as JSON values."""
        description = {
            "model": dotted(self.model),
            "channels": list(self.channels),
            "dataset": self.dataset,
            "image_size": self.image_size,
            "batch_size": self.recipe.batch_size,
            "augment": dotted(self.recipe.augment),
            "phases": [settings(phase) for phase in self.recipe.phases],
        }
        # Only what is not as usual: what is added later changes no digest.
        usual = {
            "normalization": (self.normalization, standardization),
            "start_from": (self.start_from, ()),
            "task": (self.task.metric, CLASSIFICATION.metric),
            "loss": (self.recipe.loss, cross_entropy),
            "views": (self.recipe.views, None),
            "raw_scores": (self.recipe.raw_scores, False),
            "precision": (self.recipe.precision, "float32"),
        }
        return description | {
            name: settings(value)
            for name, (value, default) in usual.items()
            if settings(value) != settings(default)
        }
