"""Negative baselines: a rise from -20 to -10 is +50 % of the absolute baseline, and no fall; a baseline of 0 has no
percent.
"""

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
        5
    """,
    values={"SCORE": """
        id  BL   W4
        1   -20  -10
        2   -20  -30
        3   -10  -10
        4   10   5
        5   0    5
    """},
    endpoints=[{
        "paramcd": "SCORE",
        "responder": {"label": "Fall of 30% or more", "measure": "percent_change", "operator": "<=", "threshold": -30},
    }],
)  # fmt: skip

# 100 x change / |baseline| (admiral derive_var_pchg): 50, -50, 0, -50, none.
EXPECTED = Expected(
    results={
        "eff.responder/ITT/SCORE/W4/A/-/{n,with_value,pct}": (2, 4, 50),
        "eff.by_visit/ITT/SCORE/W4/A/CHG/mean": (10 - 10 + 0 - 5 + 5) / 5,
    },
    data={"ADBDS": """
        id  PARAMCD  AVISIT  CHG  PCHG  CRIT1FL
        1   SCORE    W4      10   50    N
        2   SCORE    W4      -10  -50   Y
        3   SCORE    W4      0    0     N
        4   SCORE    W4      -5   -50   Y
        5   SCORE    W4      5    .     .
    """},
)  # fmt: skip
