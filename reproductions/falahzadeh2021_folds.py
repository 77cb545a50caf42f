"""The protocols of Falahzadeh et al. (2021): which images train and score."""

from ferkeras.data import Copies, Draw, Fold, HoldOut
from ferkeras.papers import Protocol
from reproductions.falahzadeh2021_recipes import augment

FER2013 = Protocol(
    "clean",
    "train",
    "validation",
    "test",
    "trained on Training, the epoch chosen on PublicTest, PrivateTest scored.",
)


def ten_folds():
    """Ten folds as the paper made them, and clean ones, side by side.

    A mean over folds scores every image, here as in the paper, and how much
    folds differ has the drawing of images in it.
    """
    paper = Protocol(
        "paper",
        "train",
        "test",
        "test",
        "ten folds of the images at random: nine are trained on, the tenth is "
        "scored at the epoch that is best on it. It leaks: the scored images "
        "choose the epoch, and show people who are trained on.",
        (Fold("test", of="train"),),
        papers=True,
    )
    clean = Protocol(
        "clean",
        "train",
        "validation",
        "test",
        "ten folds of the people: one is scored, and a fifth of the "
        "people in the others choose the epoch. Nobody is on two sides.",
        (
            Fold("test", of="train", by="subject"),
            HoldOut("validation", of="train", share=0.2, by="subject"),
        ),
    )
    return paper, clean


def filled_folds(each):
    """Ten folds of images and their copies, for rows with augmentation.

    Args:
        each: images of each class that a fold has, such as the paper's
            confusion matrix asks for.
    """
    copies = Protocol(
        "paper_like",
        "train",
        "test",
        "test",
        f"every class is first filled up to {10 * each:,} images by altered "
        "copies, and then goes into ten folds as in paper. Such copies are in "
        "the paper's evaluation: the percentages of its matrices, which are of "
        "Table 3's last row, are counted in 64ths on JAFFE and 178ths on CK+, "
        "for every class, and that row's accuracies, 92.41 and 93.66, are 414 "
        "of 7 x 64 images and 1,167 of 7 x 178. No other of the 16 printed "
        "accuracies, 79.3 read as 79.30, is a number of as many: those without "
        "augmentation are not run like this. A second reading is of 64 and 178 "
        "images of a class in all ten folds together. It leaks: besides, "
        "copies of what is scored are trained on.",
        (
            Copies("train", 10 * each, augment),
            Fold("test", of="train", by="class"),
        ),
    )
    return (copies,)


def folds_of_few(images, folds, balanced=False):
    """Folds of a small part of FER2013's PrivateTest.

    Args:
        images: how many.
        folds: number of folds.
        balanced: whether there are as many images of each class.
    """
    part = f"{images} images"
    classes = "as many of each class" if balanced else "classes in proportion"
    return Protocol(
        "clean",
        part,
        "held out",
        "fold",
        f"{images} images of PrivateTest, {classes}, drawn anew for every "
        f"division into {folds} folds at random: one is scored, and a "
        "fifth of the images in the others choose the epoch. What the rows "
        "start from has seen Training and PublicTest only. FER2013 does not "
        "say who is shown, and repeats some pictures.",
        (
            Draw(part, "test", images, folds, balanced),
            Fold("fold", part, folds),
            HoldOut("held out", part, share=0.2),
        ),
    )
