"""Randomised and never treated, with a baseline: in the ITT set everywhere, and imputed as missing after it."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"PBO": 0, "A": 10},
    subjects="""
        id  arm  last  rand  end  reason
        1   PBO  29    1     29   COMPLETED
        2   PBO  29    1     29   COMPLETED
        3   PBO  29    1     29   COMPLETED
        4   PBO  29    1     29   COMPLETED
        5   A    29    1     29   COMPLETED
        6   A    29    1     29   COMPLETED
        7   A    29    1     29   COMPLETED
        8   A    29    1     29   COMPLETED
        9   A    .     1     3    WITHDRAWAL BY SUBJECT
    """,
    values={"SCORE": """
        id  BL  W4
        1   50  48
        2   52  52
        3   54  53
        4   56  55
        5   50  40
        6   52  44
        7   54  43
        8   56  46
        9   53  .
    """},
    endpoints=[{"paramcd": "SCORE", "comparison": "ancova", "control": "PBO", "missing": ["mi"]}],
    events="""
        id  term      start  end
        5   Headache  3      4
    """,
    survival=[{"paramcd": "OS", "label": "Overall survival", "analysis_set": "ITT", "event_records": {}}],
)  # fmt: skip

# Observed: the same baselines in both groups, so the difference is -9.75 - -1. Subject 9 has a baseline on the day of
# randomisation; its change is imputed. Its survival is censored at its last contact, day 3 from randomisation.
EXPECTED = Expected(
    results={
        "sets/ITT/USUBJID/-/{PBO,A,TOTAL}/-/N": (4, 5, 9),
        "sets/SAF/USUBJID/-/{PBO,A,TOTAL}/-/N": (4, 4, 8),
        "disposition/ITT/USUBJID/-/A/{TREATED,NOT TREATED,DISCONTINUED}/n": (4, 1, 1),
        "eff.by_visit/ITT/SCORE/-/{PBO,A}/-/N": (4, 5),
        "eff.by_visit/ITT/SCORE/BL/A/AVAL/{n,mean}": (5, 53),
        "eff.by_visit/ITT/SCORE/W4/A/CHG/n": 4,
        "eff.comparison/ITT/SCORE/W4/A/DIFFERENCE/estimate": -8.75,
        "eff.missing/ITT/SCORE/W4/{PBO,A}/mi/{n,imputed}": (4, 0, 5, 1),
        "tte/ITT/OS/-/{PBO,A}/-/{n,censored}": (4, 4, 5, 5),
        "ae.soc_pt/SAF/AEDECOD/-/A/ANY/pct": 25,
    },
    data={
        "ADSL": """
        id  TRT01P  TRT01A  RANDDT      TRTSDT  ITTFL  SAFFL
        9   A       .       2024-01-01  .       Y      N
    """,
        "ADTTE": """
        id  PARAMCD  AVAL  CNSR  CNSDTDSC
        9   OS       3     1     Last contact
    """,
    },
)  # fmt: skip
