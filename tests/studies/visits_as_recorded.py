"""Visits assigned as recorded: a value of week 4 taken in week 6 is week 4's; one parameter goes by windows."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    visits={"BL": 1, "W4": 29, "W6": 43},
    subjects="""
        id
        1
        2
    """,
    values={
        "SCORE": """
        id  visit  day  value
        1   BL     1    50
        1   W4     42   40
        1   W6     44   35
        2   BL     1    50
        2   W4     29   44
        2   W6     43   33
    """,
        "OTHER": """
        id  visit  day  value
        1   BL     1    50
        1   W4     42   40
        1   W6     46   35
        2   BL     1    50
        2   W4     29   44
        2   W6     43   33
    """,
    },
    endpoints=[{"paramcd": "SCORE", "visits": ["W4", "W6"]},
               {"paramcd": "OTHER", "visits": ["W4", "W6"], "role": "secondary", "assign": "window"}],
    assign="recorded",
)  # fmt: skip

# By window, day 42 is nearest to week 6 (day 43), nearer than day 46: OTHER has no week 4 of subject 1.
EXPECTED = Expected(
    results={
        "eff.by_visit/ITT/SCORE/{W4,W6}/A/AVAL/{n,mean}": (2, 42, 2, 34),
        "eff.by_visit/ITT/OTHER/{W4,W6}/A/AVAL/{n,mean}": (1, 44, 2, 36.5),
    },
)  # fmt: skip
