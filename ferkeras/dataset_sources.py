"""Where published datasets come from, and how many images they have."""

from dataclasses import dataclass
from typing import NamedTuple

from ferkeras.dataset_names import face_size, is_own


@dataclass(frozen=True)
class Access:
    """How a dataset is got.

    Attributes:
        name: as people write it.
        url: page of those who give it.
        terms: on which terms they do, in a few words.
        files: names of what is got there.
        people: who is in the images as far as known, and who says so.
    """

    name: str
    url: str
    terms: str
    files: tuple[str, ...]
    people: str = "Who that is is not known here."

    def __str__(self) -> str:
        files = ", ".join(self.files)
        return f"{self.name}: {files} from {self.url}, {self.terms}"


class Counts(NamedTuple):
    """Classes of a published dataset, and images of its splits."""

    classes: int
    train: int
    validation: int = 0
    test: int = 0


FROM_GOOGLE = (
    "Pictures that Google found for 184 words of emotion, together with words "
    "of gender, age or ethnicity ([Goodfellow et al., 2013]"
    "(https://arxiv.org/abs/1307.0414)). Nobody wrote down who they show; "
    "[Hosseini et al., 2025](https://arxiv.org/abs/2502.11049) look into it."
)
FROM_PITTSBURGH = (
    "123 of 210 adults of 18 to 50 years, 69 % of them women, 81 % "
    "Euro-American, 13 % Afro-American and 6 % others, who posed in a "
    "laboratory ([Lucey et al., 2010]"
    "(https://doi.org/10.1109/CVPRW.2010.5543262))."
)
FER2013 = Access(
    "FER2013",
    "https://www.kaggle.com/c/"
    "challenges-in-representation-learning-facial-expression-recognition-challenge",
    "under the competition's rules",
    ("fer2013.csv",),
    FROM_GOOGLE,
)
# By the name of the builder, or in TFDS.
ACCESS = {
    "fer2013": FER2013,
    "ferplus": Access(
        "FER+",
        "https://github.com/microsoft/FERPlus",
        "MIT; beside FER2013's fer2013.csv, which has terms of its own",
        ("fer2013new.csv",),
        f"FER2013's. {FROM_GOOGLE} The classes are those of ten people an "
        "image ([Barsoum et al., 2016](https://arxiv.org/abs/1608.01041)).",
    ),
    "kdef": Access(
        "KDEF",
        "https://kdef.se",
        "on request, for non-commercial research",
        ("KDEF_and_AKDEF.zip",),
        "35 women and 35 men of 20 to 30 years, amateur actors, who posed "
        "without beards, earrings or glasses "
        "([Lundqvist et al., 1998](https://kdef.se)).",
    ),
    "ck_plus": Access(
        "CK+",
        "https://www.jeffcohn.net",
        "on a signed agreement, for research",
        ("extended-cohn-kanade-images.zip", "Emotion_labels.zip"),
        FROM_PITTSBURGH,
    ),
    # No publisher offers this copy: who has signed for CK+ may have it too.
    "ck_plus/ck48": Access(
        "CK+48",
        "https://www.jeffcohn.net",
        "a copy that is passed around, under CK+'s signed agreement",
        ("CK+48/",),
        FROM_PITTSBURGH,
    ),
    "jaffe": Access(
        "JAFFE",
        "https://zenodo.org/records/3451524",
        "on request, for non-commercial research",
        ("jaffe.zip",),
        "Ten Japanese women, who posed "
        "([Lyons et al., 1998](https://zenodo.org/records/3451524)).",
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


def offered_as(dataset: str) -> str:
    """What a dataset is asked for as: a key of `ACCESS`, or its builder."""
    return dataset if dataset in ACCESS else dataset.partition("/")[0]


def access_to(dataset: str) -> Access | None:
    """`Access` to a dataset by its TFDS name, or None for one without."""
    return ACCESS.get(offered_as(dataset))


def counts_of(dataset: str) -> Counts | None:
    """Published `Counts` by TFDS name, those of faces too; None if unknown."""
    if face_size(dataset):
        dataset = dataset.rpartition("/")[0]
    return COUNTS.get(dataset)


def how_to_prepare(dataset: str) -> str:
    """The command that prepares a dataset, with `FOLDER` for its files."""
    files = access_to(dataset) or is_own(dataset)
    folder = " --manual-dir FOLDER" if files else ""
    return f"ferkeras prepare {dataset}{folder}"
