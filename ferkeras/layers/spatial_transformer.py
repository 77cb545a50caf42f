"""Spatial transformer: an image warped as a small network thinks best."""

import keras
from keras import initializers, layers, ops, regularizers

from ferkeras.layers.affine_warp import warp


def transform(images, theta):
    """Warp images by affine matrices in normalised coordinates.

    Both axes run from -1, the centre of the first pixel, to 1, the centre of
    the last (`align_corners=True` in PyTorch). Outside the image is 0.

    Args:
        images: float32 `(batch, height, width, channels)`.
        theta: float32 `(batch, 6)`, rows `(a, b, c, d, e, f)`: the output at
            `(x, y)` is read at `(a x + b y + c, d x + e y + f)`.

    Returns:
        float32, the shape of `images`.
    """
    height, width = images.shape[1:3]
    right, bottom = (width - 1) / 2, (height - 1) / 2
    a, b, c, d, e, f = (theta[:, k] for k in range(6))
    # The same map in pixels: the identity stays exactly the identity.
    b, d = b * (right / bottom), d * (bottom / right)
    c = right * (1 + c - a) - bottom * b
    f = bottom * (1 + f - e) - right * d
    return warp(images, ops.stack([a, b, c, d, e, f], axis=-1), border="zero")


def identity(shape, dtype=None):
    """Bias that makes the last dense layer say: leave the image as it is."""
    return ops.cast([1, 0, 0, 0, 1, 0], dtype)


@keras.saving.register_keras_serializable(package="ferkeras")
class SpatialTransformer(layers.Layer):
    """Warp each image by the affine matrix a small network finds for it.

    The localisation network is convolution, 2x2 max pooling, ReLU, twice, then
    two dense layers, the second of which starts as the identity: so does the
    layer. Coordinates and output are float32 in mixed precision too.

    Args:
        filters: filters of the two convolutions.
        kernels: their sizes in pixels, without padding.
        units: units of the first dense layer.
        kernel_initializer: of all kernels but the last, which starts at 0.
        kernel_regularizer: of all kernels.

    Input shape: `(batch, height, width, channels)`, any float dtype.
    Output shape: that of the input, float32.

    Reference: Jaderberg et al., NIPS 2015, Sec. 3. The localisation network is
    that of PyTorch's spatial transformer tutorial.
    """

    def __init__(
        self,
        filters=(8, 10),
        kernels=(7, 5),
        units=32,
        kernel_initializer="glorot_uniform",
        kernel_regularizer=None,
        **kwargs,
    ):
        # Only the localisation network may see images in half precision.
        super().__init__(autocast=False, **kwargs)
        self.filters = tuple(filters)
        self.kernels = tuple(kernels)
        self.units = units
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)

    def build(self, input_shape):
        policy, regularizer = self.dtype_policy, self.kernel_regularizer
        self.localisation = []
        sizes = zip(self.filters, self.kernels, strict=True)
        for index, (filters, kernel) in enumerate(sizes, 1):
            self.localisation += [
                layers.Conv2D(
                    filters,
                    kernel,
                    kernel_initializer=self._initializer(),
                    kernel_regularizer=regularizer,
                    dtype=policy,
                    name=f"conv{index}",
                ),
                layers.MaxPooling2D(dtype=policy, name=f"pool{index}"),
                layers.ReLU(dtype=policy, name=f"relu{index}"),
            ]
        self.localisation += [
            layers.Flatten(dtype=policy, name="flatten"),
            layers.Dense(
                self.units,
                activation="relu",
                kernel_initializer=self._initializer(),
                kernel_regularizer=regularizer,
                dtype=policy,
                name="dense",
            ),
            # float32: bfloat16 keeps positions of an edge to 0.1 pixels only.
            layers.Dense(
                6,
                kernel_initializer="zeros",
                bias_initializer=identity,
                kernel_regularizer=regularizer,
                dtype="float32",
                name="theta",
            ),
        ]
        shape = input_shape
        for layer in self.localisation:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)

    def _initializer(self):
        # Each kernel its own copy: one initializer repeats its numbers.
        return initializers.get(initializers.serialize(self.kernel_initializer))

    def call(self, images):
        theta = images
        for layer in self.localisation:
            theta = layer(theta)
        return transform(ops.cast(images, "float32"), theta)

    def compute_output_spec(self, images):
        return keras.KerasTensor(images.shape, "float32")

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernels": self.kernels,
            "units": self.units,
            "kernel_initializer": initializers.serialize(
                self.kernel_initializer
            ),
            "kernel_regularizer": regularizers.serialize(
                self.kernel_regularizer
            ),
        }
