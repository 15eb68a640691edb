"""No SV, MH or CM: visits took place where something was measured, and none is invented."""

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
    values={"SCORE": """
        id  BL  W2  W4
        1   50  48  40
        2   50  .   41
    """},
    endpoints=[{"paramcd": "SCORE"}],
    without=("SV",),
)  # fmt: skip

EXPECTED = Expected(
    results={
        "visits/SAF/STATUS/{BL,W2,W4}/A/done/n": (2, 1, 2),
        "visits/SAF/STATUS/{BL,W2,W4}/A/missed/n": (0, 1, 0),
        "mh/SAF/MHDECOD/-/A/ANY/n": ABSENT,
        "cm.concomitant/SAF/CMDECOD/-/A/ANY/n": ABSENT,
    },
    data={"ADVISIT": """
        id  AVISIT  DONE  SVDT        STATUS
        1   W2      Y     2024-01-15  in window
        2   W2      N     .           missed
    """},
)  # fmt: skip
