"""Three subjects a group: means and ranges are shown, and no interval, test or adjusted difference is made of them."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"PBO": 0, "A": 10},
    subjects="""
        id  arm
        1   PBO
        2   PBO
        3   PBO
        4   A
        5   A
        6   A
    """,
    values={"SCORE": """
        id  BL  W4
        1   50  48
        2   52  52
        3   54  53
        4   50  40
        5   52  44
        6   54  43
    """},
    endpoints=[{"paramcd": "SCORE", "comparison": "ancova", "control": "PBO"}],
)  # fmt: skip

EXPECTED = Expected(
    results={
        "eff.by_visit/ITT/SCORE/W4/{PBO,A}/CHG/{n,mean}": (3, -1, 3, -29 / 3),
        "eff.by_visit/ITT/SCORE/W4/{PBO,A}/CHG/{ci_low,ci_high}": (None, None, None, None),
        "eff.comparison/ITT/SCORE/W4/{PBO,A}/-/{n,estimate}": (3, None, 3, None),
        "eff.comparison/ITT/SCORE/W4/A/DIFFERENCE/{estimate,ci_low,p}": (None, None, None),
    },
)  # fmt: skip
