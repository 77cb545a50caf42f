"""A convolutional sparse autoencoder, and the classifier on its encoder."""

import keras
from keras import layers, regularizers

ENCODER = (32, 64, 128, 256)
DECODER = (128, 64, 32)


def block(x, filters, convolutions, name, momentum):
    """3x3 convolutions, each with ReLU, then batch normalisation."""
    for index in range(1, convolutions + 1):
        x = layers.Conv2D(
            filters,
            3,
            padding="same",
            activation="relu",
            name=f"{name}_conv{index}",
        )(x)
        x = layers.BatchNormalization(
            momentum=momentum, name=f"{name}_bn{index}"
        )(x)
    return x


def encoder(x, pools, convolutions, sparsity, momentum):
    """Four blocks of 32 to 256 filters, the first `pools` of them pooled.

    Args:
        x: `(batch, height, width, channels)`.
        pools: how many blocks 2x2 max pooling follows, 0 to 3.
        convolutions: convolutions of each block.
        sparsity: factor of the L1 norm of the pooled maps.
        momentum: of the running means of batch normalisation.

    Returns:
        `(batch, height / 2^pools, width / 2^pools, 256)`.
    """
    height, width = x.shape[1:3]
    # More poolings than blocks of the decoder could not be undone.
    if pools not in range(len(DECODER) + 1) or (
        height % 2**pools or width % 2**pools
    ):
        raise ValueError(
            f"pools must be 0 to {len(DECODER)}, and the image's sides "
            f"multiples of 2^pools. Received: pools={pools} and an image of "
            f"{height}x{width}"
        )
    penalty = regularizers.L1(sparsity) if sparsity else None
    for index, filters in enumerate(ENCODER, 1):
        x = block(x, filters, convolutions, f"encoder{index}", momentum)
        if index <= pools:
            # float32: bfloat16 could not add up the penalty.
            x = layers.MaxPooling2D(
                activity_regularizer=penalty,
                dtype="float32",
                name=f"encoder{index}_pool",
            )(x)
    return x


def sparse_autoencoder(
    input_shape,
    *,
    pools=2,
    convolutions=2,
    sparsity=1e-5,
    momentum=0.99,
    name="sparse_autoencoder",
):
    """Four encoder blocks, three decoder blocks and a sigmoid.

    1,758,657 parameters for `(48, 48, 1)`, however many pools; 778,241 with one
    convolution a block. The last `pools` blocks of the decoder are followed by
    2x2 upsampling, nearest neighbours.

    The penalty is `sparsity` times the sum of the absolute values of the pooled
    maps of an image, averaged over the batch: Keras 3.15 divides an activity
    penalty by the batch size, and by nothing else. It is part of `losses`, so
    of the printed loss, in validation too. The maps come out of a batch
    normalisation: they have either sign, and smaller convolution weights do not
    make the penalty smaller.

    Args:
        input_shape: `(height, width, channels)`; float channels in 0 to 1.
        pools: how many blocks are pooled in the encoder, and upsampled in the
            decoder, 0 to 3. The paper's figures leave 2 or 3.
        convolutions: convolutions of each block.
        sparsity: factor of the L1 norm of the pooled maps.
        momentum: of the running means of batch normalisation, which takes
            hundreds of steps to fill at Keras' 0.99.
        name: name of the model.

    Returns:
        A keras.Model from images to their float32 reconstructions in 0 to 1,
        both `(batch, height, width, channels)`.

    Reference: Mohana et al., 2023, section 3. The paper does not give the
    filters; they are those of a tutorial whose wording it shares.
    """
    inputs = keras.Input(input_shape)
    x = encoder(inputs, pools, convolutions, sparsity, momentum)
    for index, filters in enumerate(DECODER, 1):
        x = block(x, filters, convolutions, f"decoder{index}", momentum)
        if index > len(DECODER) - pools:
            x = layers.UpSampling2D(name=f"decoder{index}_up")(x)
    reconstruction = layers.Conv2D(
        input_shape[-1],
        3,
        padding="same",
        activation="sigmoid",
        dtype="float32",
        name="reconstruction",
    )(x)
    return keras.Model(inputs, reconstruction, name=name)


def sparse_classifier(
    input_shape,
    num_classes,
    *,
    pools=2,
    convolutions=2,
    sparsity=1e-5,
    momentum=0.99,
    name="sparse_classifier",
):
    """The encoder of `sparse_autoencoder` and a dense layer of 128.

    5,895,143 parameters for `(48, 48, 1)` and 7 classes; 2,356,199 with three
    pools; 1,570,439 if each block has one convolution besides. The encoder's
    layers have the names they have in the autoencoder, `encoder1_conv1` to
    `encoder4_bn2`, and no other layer has a name from there.

    Args:
        input_shape: `(height, width, channels)`; float channels in 0 to 1.
        num_classes: number of classes.
        pools: how many blocks are pooled, 0 to 3.
        convolutions: convolutions of each block.
        sparsity: factor of the L1 norm of the pooled maps, as in the
            autoencoder; 0 for none.
        momentum: of the running means, as in the autoencoder.
        name: name of the model.

    Returns:
        A keras.Model from images to float32 logits `(batch, num_classes)`.

    Reference: Mohana et al., 2023, section 3.
    """
    inputs = keras.Input(input_shape)
    x = encoder(inputs, pools, convolutions, sparsity, momentum)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(128, activation="relu", name="dense")(x)
    logits = layers.Dense(num_classes, dtype="float32", name="logits")(x)
    return keras.Model(inputs, logits, name=name)
