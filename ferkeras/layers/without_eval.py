"""Layers that score as they train, like those of a torch model in which nobody
called `eval()`.
"""

import keras
from keras import layers


@keras.saving.register_keras_serializable(package="ferkeras")
class DropoutWithoutEval(layers.Dropout):
    """Dropout that drops values in scoring too.

    Arguments, input and output as of `keras.layers.Dropout`.
    """

    def call(self, inputs, training=None):
        return super().call(inputs, training=True)


@keras.saving.register_keras_serializable(package="ferkeras")
class BatchNormalizationWithoutEval(layers.BatchNormalization):
    """Batch normalisation by the batch's own statistics in scoring too.

    Arguments, input and output as of `keras.layers.BatchNormalization`.
    """

    def call(self, inputs, training=None, mask=None):
        return super().call(inputs, training=True, mask=mask)
