"""What every layer must satisfy, and the gradients of what it does."""

import keras
import numpy as np


def gradient(function, *arguments):
    """Gradients of a number with respect to each argument."""
    if keras.backend.backend() == "jax":
        import jax

        return jax.grad(function, range(len(arguments)))(*arguments)
    import tensorflow as tf

    arguments = [tf.Variable(argument) for argument in arguments]
    with tf.GradientTape() as tape:
        value = function(*arguments)
    found = tape.gradient(value, arguments)
    return [keras.ops.convert_to_numpy(gradient) for gradient in found]


def values(layer, *inputs):
    """What a layer or model gives, as an array."""
    return keras.ops.convert_to_numpy(layer(*inputs))


def check_layer(layer, *inputs, weights=0, atol=1e-5):
    """Check config, shapes, weights, a training step, saving and bfloat16.

    Args:
        layer: layer to check, not built.
        inputs: arrays it is called with; the first axis is the batch.
        weights: expected number of trainable weight arrays.
        atol: tolerance in bfloat16, relative to the largest value.
    """
    copy = type(layer).from_config(layer.get_config())
    assert copy.get_config() == layer.get_config()

    symbolic = [keras.Input(x.shape[1:], dtype=str(x.dtype)) for x in inputs]
    outputs = layer(*symbolic)
    found = values(layer, *inputs)
    assert outputs.shape[1:] == found.shape[1:]
    assert found.dtype == outputs.dtype
    assert np.isfinite(found).all()
    assert len(layer.trainable_weights) == weights

    head = keras.layers.Dense(2)(keras.layers.Flatten()(outputs))
    model = keras.Model(symbolic, head)
    model.compile("sgd", "mse")
    assert np.isfinite(
        model.train_on_batch(list(inputs), np.zeros((len(inputs[0]), 2)))
    )

    class_ = type(layer)
    low = class_.from_config({**layer.get_config(), "dtype": "mixed_bfloat16"})
    difference = np.abs(values(low, *inputs) - found)
    assert difference.max() <= atol * np.abs(found).max()


def outputs(model, inputs):
    """What a model gives, compiled where that takes less time than it saves."""
    if keras.backend.backend() == "jax":
        return model.predict(inputs, verbose=0)
    return values(model, inputs)


def check_saving(model, inputs, folder):
    """Check that a `.keras` file gives the same outputs."""
    model.save(folder / "model.keras")
    saved = keras.saving.load_model(folder / "model.keras")
    np.testing.assert_allclose(
        outputs(saved, inputs), outputs(model, inputs), 1e-6
    )
