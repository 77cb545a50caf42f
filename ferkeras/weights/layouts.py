"""Tensors of published files -> arrays of our layers."""

import numpy as np

# Of Keras 2's layers, their weights and of each the dimensions, in its order.
KERAS2 = {
    "conv2d": {"kernel": 4},
    "separable_conv2d": {"depthwise_kernel": 4, "pointwise_kernel": 4},
    "batch_normalization": {
        "gamma": 1,
        "beta": 1,
        "moving_mean": 1,
        "moving_variance": 1,
    },
}


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


def keras2_layer(tensors, kind, number, weights=None):
    """Arrays of one of Keras 2's layers, which are as ours.

    Args:
        tensors: dict of arrays.
        kind: key of `KERAS2`.
        number: the layer's among those of its kind, from 1.
        weights: as the values of `KERAS2`; those of the kind when None.
    """
    # In a network that was read from a file, the scope is numbered once more.
    scope = f"model_weights/{kind}_{number}/{kind}_{number}_1"
    return [
        take(tensors, f"{scope}/{name}:0", *[None] * dimensions)
        for name, dimensions in (weights or KERAS2[kind]).items()
    ]


def mini_xception_layers(tensors):
    """Layers of face_classification's network, as `mini_xception`'s.

    They are numbered in the order in which the authors' code makes them: of a
    module, the shortcut comes first.
    """
    layers = {}

    def put(name, kind, number):
        layers[name] = keras2_layer(tensors, kind, number)

    for stem in (1, 2):
        put(f"stem{stem}", "conv2d", stem)
        put(f"stem{stem}_bn", "batch_normalization", stem)
    for module in (1, 2, 3, 4):
        put(f"module{module}_skip", "conv2d", 2 + module)
        put(f"module{module}_skip_bn", "batch_normalization", 3 * module)
        for index in (1, 2):
            conv, bn = 2 * module - 2 + index, 3 * module + index
            put(f"module{module}_conv{index}", "separable_conv2d", conv)
            put(f"module{module}_bn{index}", "batch_normalization", bn)
    both = {"kernel": 4, "bias": 1}
    layers["scores"] = keras2_layer(tensors, "conv2d", 7, both)
    return layers
