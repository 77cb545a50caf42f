"""Copies of one network side by side, each seeing some of the channels."""

import keras
from keras import layers, ops

from ferkeras.layers import SpatialTransformer


def parallel_streams(
    input_shape,
    num_classes,
    *,
    network,
    streams,
    spatial_transformer,
    combine="mean",
    name="parallel_streams",
):
    """Combine the class scores of independent copies of a network.

    The copies share no weights. One stream of all channels, with a spatial
    transformer, is just that: a network behind a transformer.

    Args:
        input_shape: `(height, width, channels)`; standardised float channels.
        num_classes: number of classes.
        network: model function, called as `network(input_shape, num_classes,
            name=...)`, whose models return logits.
        streams: one tuple of channel indices for each copy: `((0,), (1, 2))`
            gives the first copy channel 0, the second channels 1 and 2.
        spatial_transformer: whether each copy gets its own, in front; or
            "shared", one that sees all channels and warps them alike.
        combine: "mean" of the scores before the softmax, or "concatenate",
            which sends all scores through a dense layer.
        name: name of the model.

    Returns:
        A keras.Model from images to float32 logits `(batch, num_classes)`.
        Stream `k`, from 1, is its layer `stream<k>`, behind
        `stream<k>_transformer`, or all of them behind `transformer`.

    Reference: Pandey et al., 2019, Table 1. The paper does not say how the
    streams are combined; "mean" is assumed.
    """
    if combine not in ("mean", "concatenate"):
        raise ValueError(
            f"combine must be 'mean' or 'concatenate'. Received: {combine!r}"
        )
    if not {*sum(streams, ())} <= {*range(input_shape[-1])}:
        raise ValueError(
            f"streams must hold indices of the {input_shape[-1]} channels. "
            f"Received: {streams}"
        )
    if spatial_transformer not in (True, False, "shared"):
        raise ValueError(
            "spatial_transformer must be True, False or 'shared'. Received: "
            f"{spatial_transformer!r}"
        )
    inputs = stack = keras.Input(input_shape)
    if spatial_transformer == "shared":
        stack = SpatialTransformer(name="transformer")(stack)
    scores = []
    for index, channels in enumerate(streams, 1):
        x = ops.take(stack, channels, axis=-1)
        if spatial_transformer is True:
            x = SpatialTransformer(name=f"stream{index}_transformer")(x)
        stream = network(x.shape[1:], num_classes, name=f"stream{index}")
        scores.append(stream(x))
    if combine == "concatenate":
        x = layers.Concatenate(name="scores")(scores)
        logits = layers.Dense(num_classes, dtype="float32", name="logits")(x)
    else:
        logits = layers.Average(dtype="float32", name="logits")(scores)
    return keras.Model(inputs, logits, name=name)
