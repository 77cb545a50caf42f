"""Tensors of published files -> arrays of our layers."""

import numpy as np


def take(tensors, name, *shape):
    """Take a tensor out of those of a file.

    Args:
        tensors: dict of arrays, which has it no more afterwards.
        name: the tensor's.
        shape: what it must have, None for any length.

    Raises:
        ValueError: where it is missing or has another shape.
    """
    if name not in tensors:
        raise ValueError(
            f"The file must have a tensor {name}. Received: "
            f"{', '.join(tensors)}"
        )
    array = tensors.pop(name)
    if len(array.shape) != len(shape) or any(
        length not in (None, found)
        for length, found in zip(shape, array.shape, strict=True)
    ):
        raise ValueError(
            f"{name} must have the shape {shape}. Received: {array.shape}"
        )
    return array


def convolution(tensors, weight, bias):
    """Kernel and bias of a convolution, output channels first in the file."""
    kernel = take(tensors, weight, None, None, None, None)
    return [kernel.transpose(2, 3, 1, 0), take(tensors, bias, None)]


def vgg16_bn_layers(tensors):
    """torchvision's modules, whose names timm keeps, as `vgg16_bn`'s layers."""
    layers, module = {}, 0
    for block, count in enumerate((2, 2, 3, 3, 3), 1):
        for index in range(1, count + 1):
            label, path = f"{block}_{index}", f"features.{module}"
            layers[f"features_conv{label}"] = convolution(
                tensors, f"{path}.weight", f"{path}.bias"
            )
            layers[f"features_bn{label}"] = [
                take(tensors, f"features.{module + 1}.{key}", None)
                for key in ("weight", "bias", "running_mean", "running_var")
            ]
            # ReLU is the third module, and pooling that of a block's end.
            module += 3
        module += 1
    return layers


def edsr_layers(tensors):
    """Modules of EDSR-PyTorch, 16 blocks and scale 2, as `edsr`'s layers."""
    modules = {
        "head": "head.0",
        "body": "body.16",
        "upsample1": "tail.0.0",
        "tail": "tail.1",
    }
    for block in range(16):
        modules[f"block{block + 1}_conv1"] = f"body.{block}.body.0"
        modules[f"block{block + 1}_conv2"] = f"body.{block}.body.2"
    return {
        f"edsr_{layer}": convolution(tensors, f"{path}.weight", f"{path}.bias")
        for layer, path in modules.items()
    }


def alexnet_layers(tensors, *, reverse):
    """Caffe's layers as `alexnet`'s; it has one for each group.

    Args:
        tensors: dict of arrays.
        reverse: whether the input channels are turned round. Caffe's are blue,
            green, red.
    """
    layers = {}
    for index, groups in enumerate((1, 2, 1, 2, 2), 1):
        name = f"conv{index}"
        kernel, bias = convolution(tensors, f"{name}_w_0", f"{name}_b_0")
        # A group sees its own input channels alone, in the file as well.
        parts = zip(
            np.array_split(kernel, groups, axis=-1),
            np.array_split(bias, groups),
            strict=True,
        )
        for group, part in enumerate(parts, 1):
            layers[name if groups == 1 else f"{name}_{group}"] = list(part)
    if reverse:
        layers["conv1"][0] = layers["conv1"][0][:, :, ::-1]
    # Caffe flattens channels first.
    fc6 = take(tensors, "fc6_w_0", None, 256 * 6 * 6).reshape(-1, 256, 6, 6)
    fc6 = fc6.transpose(2, 3, 1, 0).reshape(256 * 6 * 6, -1)
    layers["fc6"] = [fc6, take(tensors, "fc6_b_0", None)]
    fc7 = take(tensors, "fc7_w_0", None, None).T
    layers["fc7"] = [fc7, take(tensors, "fc7_b_0", None)]
    return layers
