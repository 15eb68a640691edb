"""A test that is planned at week 4 only: a value in week 2 is at no visit, and week 2 is no column of it."""

from tests.studies._build import study
from tests.studies._run import ABSENT, Expected

STUDY = study(
    groups={"A": 10},
    visits={"BL": 1, "W2": 15, "W4": 29},
    subjects="""
        id
        1
        2
    """,
    values={
        "ALT": """
        id  BL  W2  W4
        1   20  25  30
        2   20  27  32
    """,
        "BILI": """
        id  visit  day  value
        1   BL     1    20
        1   2.01   16   35
        1   W4     29   25
        2   BL     1    20
        2   W4     29   27
    """,
    },
    laboratory=[{"paramcd": "ALT"}, {"paramcd": "BILI", "planned": ["BL", "W4"]}],
)  # fmt: skip

EXPECTED = Expected(
    results={
        "lab.value/SAF/ALT/{W2,W4}/A/-/n": (2, 2),
        "lab.value/SAF/BILI/W4/A/-/{n,mean}": (2, 26),
        "lab.value/SAF/BILI/W2/A/-/n": ABSENT,
        "lab.worst/SAF/BILI/-/A/MAX/max": 35,
    },
)  # fmt: skip
