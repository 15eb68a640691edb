"""Blood pressure measured three times a visit: the last of them is analysed, and the two before it say why they are
not.
"""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    subjects="""
        id
        1
        2
    """,
    values={"SYSBP": """
        id  visit  day  value  VSREPNUM
        1   BL     1    150    1
        1   BL     1    144    2
        1   BL     1    140    3
        1   W4     29   138    1
        1   W4     29   132    2
        1   W4     29   130    3
        2   BL     1    160    1
        2   BL     1    158    2
        2   BL     1    156    3
        2   W4     29   150    1
        2   W4     29   152    2
    """},
    vital_signs=[{"paramcd": "SYSBP"}],
)  # fmt: skip

# Baselines 140 and 156, at week 4 130 and 152.
EXPECTED = Expected(
    results={
        "vs.value/SAF/SYSBP/{BL,W4}/A/-/{n,mean}": (2, 148, 2, 141),
        "vs.change/SAF/SYSBP/W4/A/-/mean": (-10 - 4) / 2,
    },
    data={"ADBDS": """
        id  PARAMCD  AVISIT  AVAL  BASE  CHG
        1   SYSBP    W4      130   140   -10
        2   SYSBP    W4      152   156   -4
    """},
)  # fmt: skip
