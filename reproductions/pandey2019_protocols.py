"""On which images Pandey et al. (2019) train and score their networks."""

from dataclasses import replace

from ferkeras.data import Draw, HoldOut
from ferkeras.papers import Others, Protocol

FERPLUS_PROTOCOL = Protocol(
    "clean",
    "train",
    "validation",
    "test",
    "the paper's own: Table 2 lists a validation set, and its network is that "
    'of the FER+ authors with "only" the optimizer changed, whose code reports '
    "the test accuracy at the best epoch on validation. Trained on Training, "
    "the epoch chosen on PublicTest, PrivateTest scored at that epoch.",
    papers=True,
)
RATES_PROTOCOL = Protocol(
    "trial",
    "fifth",
    "held out",
    "validation",
    "to choose between rates: a fifth of nine tenths of Training, classes in "
    "proportion, the epoch chosen on the tenth, PublicTest scored.",
    (
        HoldOut("held out", of="train", share=0.1),
        Draw("fifth", of="train", images=0.2),
    ),
)
KDEF_PROTOCOLS = (
    Protocol(
        "paper",
        "train",
        "test",
        "test",
        "trained on four fifths of KDEF drawn at random, scored on the others "
        "(980 of 4,900) at the epoch that is best on them. The paper does not "
        "say how it split and chose; 980 is what its numbers fit, and also how "
        "many straight views there are, but it speaks of 4,900. It leaks: "
        "the scored images choose, and show people who are trained on.",
        (HoldOut("test", of="train", share=0.2),),
        papers=True,
        others=Others(980, pool=4900),
    ),
    Protocol(
        "fileorder",
        "train",
        "test",
        "test",
        "as paper, but the last fifth by name, as in the code of the "
        "mini-Xception authors: second pictures of men who are trained on. It "
        "leaks likewise.",
        (HoldOut("test", of="train", share=0.2, by="order"),),
    ),
    Protocol(
        "clean",
        "train",
        "validation",
        "test",
        "49 people to train on, 7 to choose the epoch, 14 scored; "
        "nobody is on two sides, and both sessions of a person are on one.",
        (
            HoldOut("test", of="train", share=0.2, by="subject"),
            HoldOut("validation", of="train", share=0.125, by="subject"),
        ),
    ),
)
FER2013_PROTOCOLS = (
    Protocol(
        "paper",
        "train",
        "validation+test",
        "validation+test",
        "trained on Training, scored on PublicTest and PrivateTest "
        "together at the epoch that is best on them. It leaks: in the "
        "authors' code these last 20 % of the file choose the learning rate, "
        "the end of training and the epoch behind their 66 %.",
        papers=True,
    ),
    replace(
        FERPLUS_PROTOCOL,
        note="trained on Training, the epoch chosen on PublicTest, PrivateTest "
        "scored.",
        papers=False,
    ),
)
