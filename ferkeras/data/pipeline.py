"""Images in memory -> batches for one training run."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import keras
import numpy as np

from ferkeras.data.augment import Augment
from ferkeras.data.encoded import OnDisk
from ferkeras.data.source import Faces

Images = np.ndarray | OnDisk
Plan = Callable[[int], tuple[np.ndarray, np.ndarray]]


class Augmented(Protocol):
    """What of a recipe decides its batches."""

    @property
    def batch_size(self) -> int: ...

    @property
    def augment(self) -> Augment: ...


def epoch_plan(
    count: int, image_size: int, augment: Augment, seed: int, epoch: int
) -> tuple[np.ndarray, np.ndarray]:
    """Order of the images in an epoch, and the transform of each.

    A function of its arguments only, so that a resumed run sees what the
    uninterrupted one would have seen, on every backend.

    Returns:
        int64 `(count,)` indices and float32 transforms, `(count, 6)` or, of
        `fastai_transforms`, `(count, 10)`.
    """
    rng = np.random.default_rng((seed, epoch))
    return rng.permutation(count), augment(rng, count, image_size)


class EpochBatches(keras.utils.PyDataset):
    """Batches of one epoch at a time, gathered in NumPy.

    Args:
        images: uint8 `(count, size, size, colours)`.
        targets: `(count, ...)`, what the network should say of each.
        batch_size: images a batch; the last batch of an epoch may be smaller.
        plan: `epoch -> (order, transforms)`.
        first_epoch: epoch of the first pass.
    """

    def __init__(
        self,
        images: Images,
        targets: Images,
        batch_size: int,
        plan: Plan,
        first_epoch: int = 0,
    ) -> None:
        super().__init__()
        self.images, self.targets = images, targets
        self.batch_size, self.plan = batch_size, plan
        self.begin(first_epoch)

    def __len__(self) -> int:
        return -(-len(self.images) // self.batch_size)

    def __getitem__(self, index: int) -> tuple[dict, np.ndarray]:
        at = slice(index * self.batch_size, (index + 1) * self.batch_size)
        chosen = self.order[at]
        inputs = {
            "image": self.images[chosen],
            "transform": self.transforms[at],
        }
        return inputs, self.targets[chosen]

    def begin(self, epoch: int, logs: Mapping | None = None) -> None:
        """Turn to an epoch; a Keras callback's `on_epoch_begin`.

        Keras' own count of a `PyDataset`'s epochs includes a look ahead.
        """
        self.order, self.transforms = self.plan(epoch)


def tf_batches(
    images: Images,
    targets: Images,
    batch_size: int,
    plan: Plan,
    epochs: range,
    width: int,
) -> Any:
    """`EpochBatches` as a `tf.data.Dataset`, over a range of epochs.

    Args:
        epochs: `range` of epochs.
        width: numbers that the plan gives for each image.
    """
    import tensorflow as tf

    count = len(images)

    def one_epoch(epoch: Any) -> Any:
        order, transforms = tf.numpy_function(
            plan, [epoch], [tf.int64, tf.float32]
        )
        order = tf.ensure_shape(order, [count])
        transforms = tf.ensure_shape(transforms, [count, width])
        epoch = tf.data.Dataset.from_tensor_slices((order, transforms))
        return epoch.batch(batch_size)

    read_images, read_targets = reader_of(images), reader_of(targets)

    def gather(order: Any, transforms: Any) -> tuple[dict, Any]:
        inputs = {"image": read_images(order), "transform": transforms}
        return inputs, read_targets(order)

    batches = tf.data.Dataset.range(epochs.start, epochs.stop)
    batches = batches.flat_map(one_epoch).map(gather)
    count = len(epochs) * -(-count // batch_size)
    batches = batches.apply(tf.data.experimental.assert_cardinality(count))
    return batches.prefetch(tf.data.AUTOTUNE)


def reader_of(array: Images) -> Callable:
    """Function of TensorFlow that reads rows of an array, or of `OnDisk`."""
    import tensorflow as tf

    if isinstance(array, np.ndarray):
        array = tf.constant(array)
        return lambda rows: tf.gather(array, rows)

    def read(rows: Any) -> Any:
        found = tf.numpy_function(array.__getitem__, [rows], array.dtype)
        return tf.ensure_shape(found, [None, *array.shape[1:]])

    return read


def through(batches: Any, front_end: keras.Model) -> Any:
    """Derive the channels inside tf.data, compiled by XLA.

    That is on the processor: `tf.data.Dataset.map` has no GPU kernel
    (tensorflow/tensorflow#40755, NVIDIA/DALI#2228). The compiled train step,
    where the front end runs otherwise, is on the GPU where there is one.

    Args:
        batches: `tf.data.Dataset` of `({"image", "transform"}, target)`.
        front_end: `Networks.front_end`; the backend must be TensorFlow.

    Returns:
        `tf.data.Dataset` of `(channels, target)`.
    """
    import tensorflow as tf

    derive = tf.function(front_end, jit_compile=True)
    batches = batches.map(lambda inputs, target: (derive(inputs), target))
    return batches.prefetch(tf.data.AUTOTUNE)


def training_batches(
    faces: Faces,
    targets: Images,
    recipe: Augmented,
    seed: int,
    epochs: range,
    places: np.ndarray | None = None,
) -> Any:
    """Shuffled, augmented batches of the given epochs.

    Args:
        faces: `Faces` of the training split.
        targets: `(count, ...)`, what the network should say of each.
        recipe: object with `batch_size` and `augment`.
        seed: seed of order and augmentation.
        epochs: `range` of epochs, all of the same phase.
        places: int32 `(count,)`, which batches have in place of the images,
            where the model has those.

    Returns:
        What `keras.Model.fit` takes: a `tf.data.Dataset` under TensorFlow, a
        `keras.utils.PyDataset` elsewhere, of
        `({"image": uint8, "transform": float32}, target)`.
    """
    count, image_size = faces.pixels.shape[:2]

    def plan(epoch: int) -> tuple[np.ndarray, np.ndarray]:
        return epoch_plan(count, image_size, recipe.augment, seed, int(epoch))

    images = faces.pixels if places is None else places
    arguments = images, targets, recipe.batch_size, plan
    if keras.backend.backend() == "tensorflow":
        rng = np.random.default_rng(0)
        (width,) = recipe.augment(rng, 1, image_size).shape[1:]
        return tf_batches(*arguments, epochs, width)
    return EpochBatches(*arguments, epochs.start)


def scoring_batches(
    faces: Faces,
    targets: Images,
    batch_size: int,
    transforms: np.ndarray,
    places: np.ndarray | None = None,
) -> Any:
    """Batches in the dataset's order; one pass.

    Args:
        faces: `Faces`.
        targets: `(count, ...)`, what the network should say of each.
        batch_size: images a batch.
        transforms: float32 `(count, parameters)`, how each image is warped.
        places: as in `training_batches`.
    """

    def plan(epoch: int) -> tuple[np.ndarray, np.ndarray]:
        return np.arange(len(transforms)), transforms

    images = faces.pixels if places is None else places
    arguments = images, targets, batch_size, plan
    if keras.backend.backend() == "tensorflow":
        return tf_batches(*arguments, range(1), transforms.shape[1])
    return EpochBatches(*arguments)
