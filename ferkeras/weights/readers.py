"""A file of weights -> its tensors, by name."""


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
