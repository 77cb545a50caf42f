"""Writes a small fer2013.csv of noise and its fer2013new.csv for tests."""

from tfds_builders.fer2013 import fake_files
from tfds_builders.ferplus import labels, reader

# Every rule keeps all rows but the fifth, a face by nobody's vote. By column:
# neutral happiness surprise sadness anger disgust fear contempt unknown NF.
VOTES = (
    "8,0,0,1,0,0,0,0,1,0",
    "0,10,0,0,0,0,0,0,0,0",
    "1,0,7,0,0,0,2,0,0,0",
    "0,0,0,9,0,0,0,0,0,0",
    "0,0,0,0,0,0,0,0,0,10",
    "0,0,0,0,0,6,0,4,0,0",
    "0,0,0,0,0,0,0,8,2,0",
)
LABELS = (0, 1, 2, 3, -1, 5, 7)
HEADER = ",".join(("Usage", "Image name", *labels.VOTE_NAMES))


def lines():
    """Return the header of fer2013new.csv and seven rows."""
    rows = zip(fake_files.USAGE, VOTES, strict=True)
    return [
        HEADER,
        *(
            f"{use},fer{i:07}.png,{votes}"
            for i, (use, votes) in enumerate(rows)
        ),
    ]


def write(folder, content=None):
    """Write both files; `content`, by default `lines()`, is the second's."""
    fake_files.write(folder)
    content = lines() if content is None else content
    (folder / reader.FILE).write_text("\n".join(content) + "\n")
