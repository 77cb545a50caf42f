"""Sharing a machine between runs, and batches between its devices."""

import contextlib
import os

import keras


@contextlib.contextmanager
def share_memory(share):
    """Give this process, or each that is started meanwhile, part of a card.

    Args:
        share: of the card, 0 to 1; a tenth of it is kept back, as what is not
            an array needs memory too.
    """
    name = "XLA_PYTHON_CLIENT_MEM_FRACTION"
    before = os.environ.get(name)
    os.environ[name] = f"{0.9 * share:.3f}"
    try:
        yield
    finally:
        del os.environ[name]
        if before is not None:
            os.environ[name] = before


def share_cores(count):
    """Have this process compute on so many cores; call it before all else."""
    # JAX reads the one, TensorFlow the other.
    os.environ["NPROC"] = os.environ["TF_NUM_INTRAOP_THREADS"] = str(count)


class SharedBatches(keras.distribution.DataParallel):
    """Each batch is shared over devices, which all have the weights.

    Keras would share it beforehand, and stop at one that cannot be shared
    evenly, as the last of an epoch. So every device gets the pixels, which are
    few, and the compiled step shares what it warps of them, evenly or not.
    """

    def get_data_layout(self, data_shape):
        return self._layout(None)

    def get_tensor_layout(self, path):
        # Of `ferkeras.training.build`; XLA goes on from there, both ways.
        if path.endswith("compiled_warped/output"):
            return self._layout(self.batch_dim_name)

    def _layout(self, axis):
        return keras.distribution.TensorLayout([axis], self.device_mesh)


def share_batches():
    """Share every batch over all devices of this machine, under JAX.

    To be called before any network is built. A step computes what it would on
    one device, within rounding: the batch, its statistics and its random
    numbers are those of the whole.
    """
    keras.distribution.set_distribution(SharedBatches())


def shares_batches():
    """Whether `share_batches` was called."""
    return keras.distribution.distribution() is not None


def everywhere():
    """Sharding of JAX for what all devices have; None for the only one."""
    if not shares_batches():
        return None
    import jax

    mesh = keras.distribution.distribution().device_mesh.backend_mesh
    return jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec())
