"""Tested visits named from the last to the first: a list of visits is a set, and the last visit is the last in time."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    visits={"BL": 1, "W2": 15, "W4": 29},
    subjects="""
        id
        1
        2
        3
        4
        5
    """,
    values={"SCORE": """
        id  BL  W2  W4
        1   50  48  40
        2   51  48  42
        3   52  51  44
        4   53  48  43
        5   54  50  .
    """},
    endpoints=[{"paramcd": "SCORE", "visits": ["W4", "W2"], "missing": ["locf", "tipping_point"]}],
)  # fmt: skip

# Week 4: -10 -9 -8 -10, and -4 carried for subject 5.
EXPECTED = Expected(
    problems={"MI-001": 1},
    results={
        "eff.test/ITT/SCORE/{W2,W4}/A/paired_t/estimate": (-3, -37 / 4),
        "eff.missing/ITT/SCORE/W4/TOTAL/locf/{n,imputed,estimate}": (5, 1, -41 / 5),
        "eff.missing/ITT/SCORE/W4/TOTAL/tipping|1/delta": 0,
    },
    said=[r"at W2 and .* at W4"],
    unsaid=[r"at W4 and .* at W2"],
)  # fmt: skip
