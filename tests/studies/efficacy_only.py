"""Scores, and no adverse events delivered: the report says not delivered, and prints no table of zeros."""

from tests.studies._build import study
from tests.studies._run import ABSENT, Expected

STUDY = study(
    groups={"A": 10},
    subjects="""
        id
        1
        2
        3
        4
        5
    """,
    values={"SCORE": """
        id  BL  W4
        1   50  48
        2   52  50
        3   54  50
        4   56  50
        5   58  50
    """},
    endpoints=[{"paramcd": "SCORE"}],
    without=("AE",),
)  # fmt: skip

# Changes -2 -2 -4 -6 -8.
EXPECTED = Expected(
    problems={"FILE-018": 1},
    results={
        "eff.by_visit/ITT/SCORE/W4/A/CHG/{n,mean,median}": (5, -4.4, -4),
        "ae.overview/SAF/USUBJID/-/A/EMERGENT/n": ABSENT,
        "ae.soc_pt/SAF/AEDECOD/-/A/ANY/n": ABSENT,
        "ae.rate/SAF/AEDECOD/-/A/ANY/rate": ABSENT,
    },
    said=["not (collected|delivered)"],
    unsaid=["[Nn]o adverse event (was|occurred)", "none of the patients had an adverse event"],
)  # fmt: skip
