"""A part of a network that XLA can compile by itself."""

from functools import cached_property

import keras


@keras.saving.register_keras_serializable(package="ferkeras")
class Compiled(keras.layers.Wrapper):
    """Call a model, compiled by XLA where `compiled` is set.

    For TensorFlow on a processor, where Keras compiles no step, since most
    layers are slower for it. Always float32.

    Args:
        layer: keras.Model, of layers that no gradient passes.

    Input and output shapes: those of the model.
    """

    def __init__(self, layer, **kwargs):
        super().__init__(layer, **{**kwargs, "dtype": "float32"})
        self.compiled = False

    @cached_property
    def _compiled_layer(self):
        import tensorflow as tf

        # One for all callers, which share what is compiled for a batch size.
        return tf.function(self.layer, jit_compile=True)

    def call(self, inputs):
        return (self._compiled_layer if self.compiled else self.layer)(inputs)

    def compute_output_spec(self, inputs):
        return self.layer.compute_output_spec(inputs)
