"""Normalisation of each channel by the energy of its neighbours."""

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="ferkeras")
class LocalResponseNormalization(layers.Layer):
    """Divide each value by a power of the mean square of nearby channels.

    `y[c] = x[c] / (k + alpha / size * s[c]) ** beta`, where `s[c]` is the sum
    of `x ** 2` over the `size` channels centred on `c`, zero beyond the first
    and the last. `alpha` is divided by `size` as in Caffe and PyTorch;
    `tf.nn.local_response_normalization` takes the quotient. Always float32.

    Args:
        size: number of neighbouring channels, odd.
        alpha: weight of their mean square.
        beta: exponent.
        k: constant added.

    Input shape: `(..., channels)`, any numeric dtype.
    Output shape: that of the input, float32.

    Raises:
        ValueError: for a `size` that is even or not positive.

    Reference: Krizhevsky et al., NIPS 2012, section 3.3.
    """

    def __init__(self, size=5, alpha=1e-4, beta=0.75, k=1.0, **kwargs):
        if size < 1 or size % 2 == 0:
            raise ValueError(
                "`size` takes an odd number of channels, so that one is in "
                f"the middle. Received: size={size!r}"
            )
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def call(self, inputs):
        inputs = ops.cast(inputs, "float32")
        channels, reach = inputs.shape[-1], self.size // 2
        # Pooling over channels: XLA would compute the power again for each
        # term of a sum of slices, and GPUs round matrix products to TF32.
        squares = ops.reshape(ops.square(inputs), (-1, channels, 1))
        squares = ops.pad(squares, ((0, 0), (reach, reach), (0, 0)))
        mean = ops.average_pool(
            squares, self.size, 1, data_format="channels_last"
        )
        mean = ops.reshape(mean, (-1, *inputs.shape[1:]))
        return inputs * ops.power(self.k + self.alpha * mean, -self.beta)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "size": self.size,
            "alpha": self.alpha,
            "beta": self.beta,
            "k": self.k,
        }
