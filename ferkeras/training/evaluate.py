"""What a trained network says of images."""

import numpy as np
from scipy.special import softmax

from ferkeras.data import Faces, scoring_batches
from ferkeras.data.augment import Augment
from ferkeras.limits import SCORING_BATCH
from ferkeras.training.build import Networks

# fastai 1's share of the image as it is; the views have the rest.
PLAIN_SHARE = 0.4


def outputs(
    networks: Networks,
    faces: Faces,
    transforms: np.ndarray,
    batch_size: int = SCORING_BATCH,
) -> np.ndarray:
    """Outputs of the network for images, each warped, in their order.

    Args:
        networks: `ferkeras.training.build.Networks`.
        faces: `Faces` of the row's size.
        transforms: float32 `(count, parameters)`, as the recipe draws them.
        batch_size: images at a time.

    Returns:
        float32 `(count, ...)`.
    """
    batches = scoring_batches(faces, faces.labels, batch_size, transforms)
    steps = -(-len(faces.labels) // batch_size)
    found = networks.training.predict(batches, steps=steps, verbose=0)
    return np.asarray(found, np.float32)


def probabilities(
    networks: Networks,
    faces: Faces,
    views: Augment | None = None,
    seed: int = 0,
    raw_scores: bool = False,
) -> np.ndarray:
    """Class probabilities of images, in their order.

    Args:
        networks: `ferkeras.training.build.Networks`.
        faces: `Faces` of the row's size.
        views: as in `ferkeras.papers.Recipe`: each image's probabilities are
            0.4 times its own and 0.6 times the mean of its views'.
        seed: of what is random in the views.
        raw_scores: as in `Recipe`: each image's probabilities are the softmax
            of the mean of its views' logits.

    Returns:
        float32 `(count, classes)`; each row sums to one.

    Reference: fastai 1, `TTA`; of raw scores, Vo et al., 2020.
    """
    count, size = faces.pixels.shape[:2]

    def scores(transforms: np.ndarray) -> np.ndarray:
        return outputs(networks, faces, transforms)

    plain = networks.plain(count)
    if views is None:
        return softmax(scores(plain), axis=-1)
    drawn = views(np.random.default_rng(seed), count, size)
    seen = np.stack([scores(transforms) for transforms in drawn])
    if raw_scores:
        return softmax(seen.mean(0), axis=-1)
    own = softmax(scores(plain), axis=-1)
    others = softmax(seen, axis=-1).mean(0)
    return PLAIN_SHARE * own + (1 - PLAIN_SHARE) * others
