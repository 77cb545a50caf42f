"""Label smoothing by what each class is mistaken for."""

import keras
from keras import ops


def uniform_prior(num_classes):
    """Prior of ordinary label smoothing: every class alike, rows of tuples."""
    return ((1 / num_classes,) * num_classes,) * num_classes


@keras.saving.register_keras_serializable(package="ferkeras")
class PriorLabelSmoothing(keras.losses.Loss):
    """Cross-entropy with labels mixed with a prior of their class.

    `-sum_j (alpha * [j = k] + (1 - alpha) * prior[k, j]) * log p_j` for an
    image of class `k`. `alpha=1` is cross-entropy and `uniform_prior` is
    ordinary label smoothing.

    Args:
        prior: `(num_classes, num_classes)`, rows are true classes: how often
            each class is seen in their images (d in the paper).
        alpha: weight of the label, 0 to 1.
        from_logits: whether predictions are logits, not probabilities.
        normalized: whether the prior's rows must sum to 1. Without it they are
            taken as they are, such as those of the authors' seven classes.
        **kwargs: `name`, `reduction` and `dtype`, as in `keras.Loss`.

    Call arguments:
        y_true: integer labels `(batch,)` or `(batch, 1)`.
        y_pred: `(batch, num_classes)`.

    Raises:
        ValueError: for a prior that is not square, has negative values or, if
            `normalized`, a row whose sum is off 1 by over 1e-3; for an `alpha`
            outside 0 to 1.

    Reference: Vo et al., IEEE Access 2020,
    https://doi.org/10.1109/ACCESS.2020.3010018, prior distribution label
    smoothing (PDLS).
    """

    def __init__(
        self, prior, alpha, from_logits=True, normalized=True, **kwargs
    ):
        super().__init__(**{"name": "prior_label_smoothing", **kwargs})
        self.prior = [[float(value) for value in row] for row in prior]
        self.alpha = float(alpha)
        self.from_logits = from_logits
        self.normalized = normalized
        self._check()
        self.targets = [
            [
                self.alpha * (column == label) + (1 - self.alpha) * value
                for column, value in enumerate(row)
            ]
            for label, row in enumerate(self.prior)
        ]

    def _check(self):
        if not 0 <= self.alpha <= 1:
            raise ValueError(
                f"`alpha` must be from 0 to 1. Received: alpha={self.alpha}"
            )
        if {len(row) for row in self.prior} != {len(self.prior)}:
            raise ValueError(
                "`prior` must have a row and a column a class. Received: "
                f"prior={self.prior}"
            )
        for label, row in enumerate(self.prior):
            if min(row) < 0:
                raise ValueError(
                    "`prior` must not be negative. Received: "
                    f"prior[{label}]={row}"
                )
            if self.normalized and abs(sum(row) - 1) > 1e-3:
                raise ValueError(
                    "The rows of `prior` must sum to 1, or `normalized` be "
                    f"False. Received: prior[{label}]={row}, of sum {sum(row)}"
                )

    def call(self, y_true, y_pred):
        # Keras hands labels over as floats.
        labels = ops.cast(ops.reshape(y_true, ops.shape(y_pred)[:-1]), "int32")
        targets = ops.convert_to_tensor(self.targets, dtype=y_pred.dtype)
        if self.from_logits:
            log_p = ops.log_softmax(y_pred)
        else:
            log_p = ops.log(ops.maximum(y_pred, keras.config.epsilon()))
        return -ops.sum(ops.take(targets, labels, axis=0) * log_p, axis=-1)

    def get_config(self):
        return {
            **super().get_config(),
            "prior": self.prior,
            "alpha": self.alpha,
            "from_logits": self.from_logits,
            "normalized": self.normalized,
        }
