"""One prediction from those of several branches."""

import math

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="ferkeras")
class BranchFusion(layers.Layer):
    """Average class probabilities of branches, yet train each branch by itself.

    The output is logits that any loss and metric of logits takes. With
    `"mean"` it is `log(mean_b softmax(x[b]))` when scoring. In training it is
    `mean_b log_softmax(x[b])`, whose exponentials sum to less than one; a
    cross-entropy from logits would divide by that sum, and a loss added here
    puts it back. The total is the mean over the branches of their
    cross-entropies, exactly so if targets sum to one (class indices, smoothed
    labels and distributions do) and no image is weighted.

    With `"learned"` it is `log(sum_b w[b] softmax(x[b]))` in both cases: the
    weights `w`, a softmax of one number for each branch, start equal and are
    trained with the branches through the cross-entropy of the fused prediction.

    Always float32.

    Args:
        fusion: "mean" or "learned".

    Input shape: `(batch, branches, classes)`, logits of any float dtype.
    Output shape: `(batch, classes)`, float32.

    Raises:
        ValueError: for another `fusion`.

    Reference: Vo et al., 2020: "learned" is our reading of its weighted late
    fusion; "mean" is the authors' released code.
    """

    def __init__(self, fusion="mean", **kwargs):
        if fusion not in ("mean", "learned"):
            raise ValueError(
                f"fusion must be 'mean' or 'learned'. Received: {fusion!r}"
            )
        super().__init__(**{**kwargs, "dtype": "float32"})
        self.fusion = fusion

    def build(self, input_shape):
        if self.fusion == "learned":
            self.scores = self.add_weight(
                shape=input_shape[1:2], initializer="zeros", name="scores"
            )

    def call(self, logits, training=None):
        log_p = ops.log_softmax(ops.cast(logits, "float32"))
        if self.fusion == "learned":
            log_w = ops.log_softmax(self.scores)[:, None]
            return ops.logsumexp(log_w + log_p, axis=1)
        if training:
            fused = ops.mean(log_p, axis=1)
            self.add_loss(-ops.mean(ops.logsumexp(fused, axis=-1)))
            return fused
        return ops.logsumexp(log_p, axis=1) - math.log(logits.shape[1])

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[2])

    def get_config(self):
        return {**super().get_config(), "fusion": self.fusion}
