"""Networks in NumPy, of tensors named and laid out as published."""

from collections import Counter
from functools import partial

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

RNG = np.random.default_rng(0)
# Filters of VGG16, to be patched into ours.
NARROW = ((4,) * 2, (5,) * 2, (6,) * 3, (7,) * 3, (8,) * 3)
STATISTICS = ("weight", "bias", "running_mean", "running_var")


def convolve(x, kernel, bias, pad=1, stride=1, groups=1):
    """Convolve `(channels, height, width)`."""
    x = np.pad(x, ((0, 0), (pad, pad), (pad, pad)))
    parts = []
    for some, kernels in zip(
        np.split(x, groups), np.split(kernel, groups), strict=True
    ):
        windows = sliding_window_view(some, kernel.shape[2:], (1, 2))
        windows = windows[:, ::stride, ::stride]
        parts.append(np.tensordot(kernels, windows, ([1, 2, 3], [0, 3, 4])))
    return np.concatenate(parts) + bias[:, None, None]


def pool(x, size):
    windows = sliding_window_view(x, (size, size), (1, 2))
    return windows[:, ::2, ::2].max((3, 4))


def relu(x):
    return np.maximum(x, 0)


def convolution(name, filters, channels, size, keys=(".weight", ".bias")):
    spread = np.sqrt(2 / channels) / size
    kernel = RNG.normal(0, spread, (filters, channels, size, size))
    return dict(
        zip(
            (f"{name}{key}" for key in keys),
            (kernel, RNG.normal(0, 0.1, filters)),
            strict=True,
        )
    )


def single(tensors):
    """The same in float32; integers stay."""
    return {
        name: x.astype("float32") if x.dtype == float else x
        for name, x in tensors.items()
    }


def vgg16_bn_modules():
    """Kind and filters of each module of torchvision's `features`."""
    for widths in NARROW:
        for width in widths:
            yield from (("conv", width), ("norm", width), ("relu", width))
        yield "pool", widths[-1]


def vgg16_bn(*head):
    """Tensors of the features, and of `head`, which are matrices."""
    tensors, channels = {}, 3
    for index, (kind, width) in enumerate(vgg16_bn_modules()):
        name = f"features.{index}"
        if kind == "conv":
            tensors |= convolution(name, width, channels, 3)
            channels = width
        if kind == "norm":
            for key in STATISTICS:
                tensors[f"{name}.{key}"] = RNG.uniform(0.5, 1.5, width)
            tensors[f"{name}.num_batches_tracked"] = np.array(7)
    return single(tensors | {name: np.zeros((2, 2)) for name in head})


def vgg16_bn_features(tensors, x):
    for index, (kind, _) in enumerate(vgg16_bn_modules()):
        values = partial("features.{}.{}".format, index)
        if kind == "conv":
            x = convolve(x, tensors[values("weight")], tensors[values("bias")])
        elif kind == "norm":
            gamma, beta, mean, variance = (
                tensors[values(key)][:, None, None] for key in STATISTICS
            )
            x = (x - mean) / np.sqrt(variance + 1e-5) * gamma + beta
        else:
            x = relu(x) if kind == "relu" else pool(x, 2)
    return x


def edsr(width):
    tensors = convolution("head.0", width, 3, 3)
    for block in range(16):
        for module in (0, 2):
            name = f"body.{block}.body.{module}"
            tensors |= convolution(name, width, width, 3)
    tensors |= convolution("body.16", width, width, 3)
    tensors |= convolution("tail.0.0", 4 * width, width, 3)
    tensors |= convolution("tail.1", 3, width, 3)
    for name in ("sub_mean", "add_mean"):
        tensors |= convolution(name, 3, 3, 1)
    return single(tensors)


def edsr_image(tensors, x):
    def conv(name, x):
        return convolve(x, tensors[f"{name}.weight"], tensors[f"{name}.bias"])

    x = head = conv("head.0", x)
    for block in range(16):
        inner = relu(conv(f"body.{block}.body.0", x))
        x = x + conv(f"body.{block}.body.2", inner)
    x = conv("tail.0.0", conv("body.16", x) + head)
    large = np.empty((len(x) // 4, 2 * x.shape[1], 2 * x.shape[2]))
    for channel, row, column in np.ndindex(len(large), 2, 2):
        of = x[4 * channel + 2 * row + column]
        large[channel, row::2, column::2] = of
    return conv("tail.1", large)


def alexnet():
    """Caffe's tensors, but for fewer units in the dense layers."""
    conv = partial(convolution, keys=("_w_0", "_b_0"))
    tensors = conv("conv1", 96, 3, 11) | conv("conv2", 256, 48, 5)
    tensors |= conv("conv3", 384, 256, 3) | conv("conv4", 384, 192, 3)
    tensors |= conv("conv5", 256, 192, 3)
    for name, shape in (("fc6", (6, 9216)), ("fc7", (5, 6)), ("fc8", (9, 5))):
        spread = np.sqrt(2 / shape[1])
        tensors[f"{name}_w_0"] = RNG.normal(0, spread, shape)
        tensors[f"{name}_b_0"] = RNG.normal(0, 1, shape[0])
    return single(tensors | {"OC2_DUMMY_1": np.array([1, 9216])})


def alexnet_fc7(tensors, x):
    """What comes out of the last hidden layer, before its ReLU."""

    def conv(name, x, *how):
        return relu(
            convolve(x, tensors[f"{name}_w_0"], tensors[f"{name}_b_0"], *how)
        )

    def dense(name, x):
        return tensors[f"{name}_w_0"] @ x + tensors[f"{name}_b_0"]

    def normalize(x):
        squares = np.pad(x**2, ((2, 2), (0, 0), (0, 0)))
        near = sum(squares[n : n + len(x)] for n in range(5))
        return x / (1 + 1e-4 / 5 * near) ** 0.75

    x = pool(normalize(conv("conv1", x, 0, 4)), 3)
    x = pool(normalize(conv("conv2", x, 2, 1, 2)), 3)
    x = conv("conv4", conv("conv3", x), 1, 1, 2)
    x = pool(conv("conv5", x, 1, 1, 2), 3)
    return dense("fc7", relu(dense("fc6", x.ravel())))


def keras2(make):
    """What makes layers of Keras 2, each kind numbered from 1.

    Args:
        make: `(layer, {weight: shape}) -> {weight: array}`.
    """
    made = Counter()

    def layer(kind, **shapes):
        made[kind] += 1
        return make(f"{kind}_{made[kind]}", shapes)

    return layer


def mini_xception(layer, x):
    """What it gives before the mean over positions, `(7, height, width)`.

    Layers are made in the order of face_classification's `cnn.py`; arrays are
    as Keras lays them out.
    """

    def conv(x, filters, size, pad=0, stride=1, **bias):
        found = layer("conv2d", kernel=(size, size, len(x), filters), **bias)
        kernel = found["kernel"].transpose(3, 2, 0, 1)
        return convolve(x, kernel, found.get("bias", np.zeros(1)), pad, stride)

    def separable(x, filters):
        found = layer(
            "separable_conv2d",
            depthwise_kernel=(3, 3, len(x), 1),
            pointwise_kernel=(1, 1, len(x), filters),
        )
        each = found["depthwise_kernel"].transpose(2, 3, 0, 1)
        x = convolve(x, each, np.zeros(1), groups=len(x))
        return np.einsum("io,ihw->ohw", found["pointwise_kernel"][0, 0], x)

    def norm(x):
        names = "gamma", "beta", "moving_mean", "moving_variance"
        found = layer("batch_normalization", **dict.fromkeys(names, (len(x),)))
        gamma, beta, mean, variance = (found[n][:, None, None] for n in names)
        return (x - mean) / np.sqrt(variance + 1e-3) * gamma + beta

    def halved(x):
        # TensorFlow's padding: what is odd comes behind.
        sides = [(n % 2, 1) for n in x.shape[1:]]
        return pool(np.pad(x, ((0, 0), *sides), constant_values=-np.inf), 3)

    for _ in range(2):
        x = relu(norm(conv(x, 8, 3)))
    for filters in (16, 32, 64, 128):
        skip = norm(conv(x, filters, 1, stride=2))
        x = relu(norm(separable(x, filters)))
        x = halved(norm(separable(x, filters))) + skip
    return conv(x, 7, 3, pad=1, bias=(7,))
