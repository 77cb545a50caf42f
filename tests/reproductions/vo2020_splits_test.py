"""Which images train, choose and score the paper's rows."""

import numpy as np

from ferkeras.data import Faces
from ferkeras.data.split_steps import part
from reproductions.vo2020 import PAPER

TABLE_OF = {row.name: table for table in PAPER.tables for row in table.rows}


def numbered(counts):
    """Reads splits of so many images, which are numbered."""

    def read(name):
        numbers = np.arange(counts[name])
        return Faces(numbers[:, None, None, None], numbers % 7, numbers)

    return read


def test_folds_of_raf_db_are_disjoint_and_leave_the_test_images_alone():
    (protocol,) = TABLE_OF["RAF-DB: PSR, PDLS"].protocols
    read = numbered({"train": 12271, "test": 3068})
    runs = TABLE_OF["RAF-DB: PSR, PDLS"].runs
    aside = []
    for run in range(runs):
        train, select, test = (
            part(read, name, protocol.hold_outs, run).rows.tolist()
            for name in (protocol.train, protocol.select, protocol.test)
        )
        assert sorted(train + select) == list(range(12271))
        assert test == list(range(3068))
        aside.append(select)
    assert sorted(map(len, aside)) == [2454] * 4 + [2455]
    assert sorted(sum(aside, [])) == list(range(12271))


def test_a_hundredth_of_affectnet_chooses_the_epoch():
    (protocol,) = TABLE_OF["AffectNet, 8 classes: PSR, PDLS"].protocols
    read = numbered({"train": 287651, "validation": 4000})
    train, select, test = (
        part(read, name, protocol.hold_outs).rows.tolist()
        for name in (protocol.train, protocol.select, protocol.test)
    )
    assert len(select) == 2877 and len(test) == 4000
    assert sorted(train + select) == list(range(287651))
