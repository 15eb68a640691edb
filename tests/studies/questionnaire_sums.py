"""A questionnaire of three items: the sum at baseline is there only where all items are; the total is the sponsor's."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    subjects="""
        id
        1
        2
        3
        4
    """,
    values={
        "ITEM1": """
        id  BL  W4
        1   3   1
        2   2   2
        3   4   1
        4   1   1
    """,
        "ITEM2": """
        id  BL  W4
        1   3   1
        2   .   2
        3   4   1
        4   1   1
    """,
        "ITEM3": """
        id  BL  W4
        1   3   1
        2   2   2
        3   4   1
        4   1   1
    """,
        "TOTAL": """
        id  BL  W4
        1   9   3
        2   4   6
        3   12  3
        4   3   3
    """,
    },
    characteristics=[
        {"variable": "SUMBL", "label": "Sum at baseline", "kind": "continuous", "source": "sum", "domain": "QS",
         "testcds": ["ITEM1", "ITEM2", "ITEM3"]},
    ],
    endpoints=[{"paramcd": "TOTAL"}],
)  # fmt: skip

# Sums at baseline 9, 12, 3, and none for subject 2; changes of the total -6 2 -9 0.
EXPECTED = Expected(
    results={
        "demographics/SAF/SUMBL/-/A/-/{n,mean,missing}": (3, 8, 1),
        "eff.by_visit/ITT/TOTAL/W4/A/CHG/{n,mean}": (4, -13 / 4),
    },
)  # fmt: skip
