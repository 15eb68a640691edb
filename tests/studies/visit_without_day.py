"""A follow-up visit whenever the subject could come back: it has no planned day, and holds what was recorded for it."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    visits={"BL": 1, "W4": 29, "RET": {"day": None, "role": "follow-up", "window": None, "analysis_window": None}},
    subjects="""
        id  end
        1   99
        2   60
    """,
    values={"SCORE": """
        id  visit  day  value
        1   BL     1    50
        1   W4     29   40
        1   RET    99   45
        2   BL     1    50
        2   W4     29   44
        2   RET    45   47
        2   RET    50   49
    """},
    endpoints=[{"paramcd": "SCORE", "visits": ["W4", "RET"]}],
)  # fmt: skip

# Without a target day the last of two values counts.
EXPECTED = Expected(
    results={"eff.by_visit/ITT/SCORE/{W4,RET}/A/CHG/{n,mean}": (2, -8, 2, -3)},
    data={"ADBDS": """
        id  PARAMCD  AVISIT  AVAL  ADY
        1   SCORE    RET     45    99
        2   SCORE    RET     49    50
    """},
)  # fmt: skip
