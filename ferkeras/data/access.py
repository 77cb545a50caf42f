"""Where the published datasets come from, and how many images they have."""

from dataclasses import dataclass
from typing import NamedTuple

from ferkeras.data.source import face_size, prepare_command


@dataclass(frozen=True)
class Access:
    """How a dataset is got.

    Attributes:
        name: as people write it.
        url: page of those who give it.
        terms: on which terms they do, in a few words.
        files: names of what is got there.
    """

    name: str
    url: str
    terms: str
    files: tuple[str, ...]

    def __str__(self):
        files = ", ".join(self.files)
        return f"{self.name}: {files} from {self.url}, {self.terms}"


class Counts(NamedTuple):
    """Classes of a published dataset, and images of its splits."""

    classes: int
    train: int
    validation: int = 0
    test: int = 0


FER2013 = Access(
    "FER2013",
    "https://www.kaggle.com/c/"
    "challenges-in-representation-learning-facial-expression-recognition-challenge",
    "under the competition's rules",
    ("fer2013.csv",),
)
# By the name of the builder, or in TFDS.
ACCESS = {
    "fer2013": FER2013,
    "ferplus": Access(
        "FER+",
        "https://github.com/microsoft/FERPlus",
        "MIT; beside FER2013's fer2013.csv, which has terms of its own",
        ("fer2013new.csv",),
    ),
    "kdef": Access(
        "KDEF",
        "https://kdef.se",
        "on request, for non-commercial research",
        ("KDEF_and_AKDEF.zip",),
    ),
    "ck_plus": Access(
        "CK+",
        "https://www.jeffcohn.net",
        "on a signed agreement, for research",
        ("extended-cohn-kanade-images.zip", "Emotion_labels.zip"),
    ),
    # No publisher offers this copy: who has signed for CK+ may have it too.
    "ck_plus/ck48": Access(
        "CK+48",
        "https://www.jeffcohn.net",
        "a copy that is passed around, under CK+'s signed agreement",
        ("CK+48/",),
    ),
    "jaffe": Access(
        "JAFFE",
        "https://zenodo.org/records/3451524",
        "on request, for non-commercial research",
        ("jaffe.zip",),
    ),
    "raf_db": Access(
        "RAF-DB",
        "http://www.whdeng.cn/RAF/model1.html",
        "on request, for non-commercial research",
        ("basic/",),
    ),
    "affectnet": Access(
        "AffectNet",
        "http://mohammadmahoor.com/affectnet/",
        "on request by an institution, for research",
        ("Manually_Annotated_Images/",),
    ),
}
# By the name in TFDS, as counted in the builders' READMEs.
COUNTS = {
    "fer2013": Counts(7, 28709, 3589, 3589),
    "ferplus/plurality": Counts(8, 28389, 3553, 3546),
    "ferplus/half": Counts(8, 25373, 3225, 3160),
    "ferplus/majority": Counts(8, 25060, 3199, 3153),
    "kdef": Counts(7, 4900),
    "ck_plus/mohana2023": Counts(7, 1308),
    "ck_plus/mohana2023_neutral": Counts(8, 1635),
    "ck_plus/falahzadeh2021": Counts(7, 1236),
    "ck_plus/falahzadeh2021_peak": Counts(7, 618),
    "ck_plus/ck48": Counts(7, 981),
    "jaffe": Counts(7, 213),
    "raf_db": Counts(7, 12271, 0, 3068),
    "affectnet/8": Counts(8, 287651, 4000),
    "affectnet/7": Counts(7, 283901, 3500),
}


def offered_as(dataset):
    """What a dataset is asked for as: a key of `ACCESS`, or its builder."""
    return dataset if dataset in ACCESS else dataset.partition("/")[0]


def access_to(dataset):
    """`Access` to a dataset by its TFDS name, or None for one without."""
    return ACCESS.get(offered_as(dataset))


def counts_of(dataset):
    """Published `Counts` by TFDS name, those of faces too; None if unknown."""
    if face_size(dataset):
        dataset = dataset.rpartition("/")[0]
    return COUNTS.get(dataset)


def how_to_prepare(dataset):
    """The command that prepares a dataset, with `FOLDER` for its files."""
    folder = " --manual-dir FOLDER" if access_to(dataset) else ""
    return prepare_command(dataset) + folder
