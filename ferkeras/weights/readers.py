"""A file of weights -> its tensors, by name."""

import h5py
import numpy as np


def read_hdf5(path):
    """Read an HDF5 file, such as a whole model of Keras 2.

    Keras' own reader would build the network that the file describes, which
    may hold pickled functions; here, arrays are read and nothing else is.

    Args:
        path: the file.

    Returns:
        dict of arrays, by their paths in the file, such as
        `model_weights/conv2d_1/conv2d_1_1/kernel:0`.

    Raises:
        OSError: for any other file.
    """
    tensors = {}

    def keep(name, item):
        if isinstance(item, h5py.Dataset):
            tensors[name] = np.asarray(item[()])

    with h5py.File(path) as file:
        file.visititems(keep)
    return tensors


def read_safetensors(path):
    """Read a safetensors file; needs the extra `pretrained`."""
    from safetensors.numpy import load_file

    return load_file(path)


def read_onnx(path):
    """Read the weights of an ONNX file; needs the extra `pretrained`."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(path, load_external_data=False).graph
    return {x.name: numpy_helper.to_array(x) for x in graph.initializer}


def read_torch(path):
    """Read a PyTorch file of tensors; needs the extra `torch`."""
    import torch

    # Anything but tensors in the pickle is refused.
    tensors = torch.load(path, map_location="cpu", weights_only=True)
    return {name: x.detach().numpy() for name, x in tensors.items()}
