"""Images in memory -> batches for one training run."""

import keras
import numpy as np

from ferkeras.data.augment import no_augmentation


def epoch_plan(count, image_size, augment, seed, epoch):
    """Order of the images in an epoch, and the transform of each.

    A function of its arguments only, so that a resumed run sees what the
    uninterrupted one would have seen, on every backend.

    Returns:
        int64 `(count,)` indices and float32 `(count, 6)` transforms.
    """
    rng = np.random.default_rng((seed, epoch))
    return rng.permutation(count), augment(rng, count, image_size)


class EpochBatches(keras.utils.PyDataset):
    """Batches of one epoch at a time, gathered in NumPy.

    Args:
        images: uint8 `(count, size, size, 1)`.
        labels: int64 `(count,)`.
        batch_size: images a batch; the last batch of an epoch may be smaller.
        plan: `epoch -> (order, transforms)`.
        first_epoch: epoch of the first pass.
    """

    def __init__(self, images, labels, batch_size, plan, first_epoch=0):
        super().__init__()
        self.images, self.labels = images, labels
        self.batch_size, self.plan = batch_size, plan
        self.begin(first_epoch)

    def __len__(self):
        return -(-len(self.labels) // self.batch_size)

    def __getitem__(self, index):
        at = slice(index * self.batch_size, (index + 1) * self.batch_size)
        chosen = self.order[at]
        inputs = {
            "image": self.images[chosen],
            "transform": self.transforms[at],
        }
        return inputs, self.labels[chosen]

    def begin(self, epoch, logs=None):
        """Turn to an epoch; a Keras callback's `on_epoch_begin`.

        Keras' own count of a `PyDataset`'s epochs includes a look ahead.
        """
        self.order, self.transforms = self.plan(epoch)


def tf_batches(images, labels, batch_size, plan, epochs):
    """`EpochBatches` as a `tf.data.Dataset`, over a range of epochs."""
    import tensorflow as tf

    images, labels = tf.constant(images), tf.constant(labels)

    def one_epoch(epoch):
        order, transforms = tf.numpy_function(
            plan, [epoch], [tf.int64, tf.float32]
        )
        order = tf.ensure_shape(order, [len(labels)])
        transforms = tf.ensure_shape(transforms, [len(labels), 6])
        epoch = tf.data.Dataset.from_tensor_slices((order, transforms))
        return epoch.batch(batch_size)

    def gather(order, transforms):
        inputs = {"image": tf.gather(images, order), "transform": transforms}
        return inputs, tf.gather(labels, order)

    batches = tf.data.Dataset.range(epochs.start, epochs.stop)
    batches = batches.flat_map(one_epoch).map(gather)
    count = len(epochs) * -(-len(labels) // batch_size)
    batches = batches.apply(tf.data.experimental.assert_cardinality(count))
    return batches.prefetch(tf.data.AUTOTUNE)


def through(batches, front_end):
    """Derive the channels inside tf.data, compiled by XLA.

    That is on the processor: `tf.data.Dataset.map` has no GPU kernel
    (tensorflow/tensorflow#40755, NVIDIA/DALI#2228). The compiled train step,
    where the front end runs otherwise, is on the GPU where there is one.

    Args:
        batches: `tf.data.Dataset` of `({"image", "transform"}, label)`.
        front_end: `Networks.front_end`; the backend must be TensorFlow.

    Returns:
        `tf.data.Dataset` of `(channels, label)`.
    """
    import tensorflow as tf

    derive = tf.function(front_end, jit_compile=True)
    batches = batches.map(lambda inputs, label: (derive(inputs), label))
    return batches.prefetch(tf.data.AUTOTUNE)


def training_batches(faces, recipe, seed, epochs):
    """Shuffled, augmented batches of the given epochs.

    Args:
        faces: `Faces` of the training split.
        recipe: object with `batch_size` and `augment`.
        seed: seed of order and augmentation.
        epochs: `range` of epochs, all of the same phase.

    Returns:
        What `keras.Model.fit` takes: a `tf.data.Dataset` under TensorFlow, a
        `keras.utils.PyDataset` elsewhere, of
        `({"image": uint8, "transform": float32 (batch, 6)}, label)`.
    """
    count, image_size = faces.images.shape[:2]

    def plan(epoch):
        return epoch_plan(count, image_size, recipe.augment, seed, int(epoch))

    labels = faces.labels.astype(np.int32)
    arguments = faces.images, labels, recipe.batch_size, plan
    if keras.backend.backend() == "tensorflow":
        return tf_batches(*arguments, epochs)
    return EpochBatches(*arguments, epochs.start)


def scoring_batches(faces, batch_size):
    """Batches in the dataset's order, not augmented; one pass."""
    count, image_size = faces.images.shape[:2]

    def plan(epoch):
        return np.arange(count), no_augmentation(None, count, image_size)

    arguments = faces.images, faces.labels.astype(np.int32), batch_size, plan
    if keras.backend.backend() == "tensorflow":
        return tf_batches(*arguments, range(1))
    return EpochBatches(*arguments)
