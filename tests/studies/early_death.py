"""A death in the first week: an end of participation, a fatal event, an event of survival, and no missed visit."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    subjects="""
        id  last  death
        1   4     5
        2   29    .
        3   29    .
        4   29    .
    """,
    values={"SCORE": """
        id  BL  W4
        1   50  .
        2   52  44
        3   54  46
        4   56  45
    """},
    endpoints=[{"paramcd": "SCORE"}],
    events="""
        id  term             start  end  grade
        1   Cardiac failure  4      5    5
    """,
    survival=[{"paramcd": "OS", "label": "Overall survival", "analysis_set": "SAF", "event_records": {}}],
)  # fmt: skip

# One death on day 5 with four at risk: S(5) = 3/4; the others are censored at their last contact, day 29.
EXPECTED = Expected(
    results={
        "disposition/ITT/USUBJID/-/A/{COMPLETED,DISCONTINUED}/n": (3, 1),
        "disposition/ITT/DCSREAS/-/A/DEATH/n": 1,
        "ae.deaths/SAF/DTHFL/-/A/ANY/{n,pct}": (1, 25),
        "ae.overview/SAF/USUBJID/-/A/{FATAL,SERIOUS}/n": (1, 1),
        "visits/SAF/STATUS/W4/A/{done,missed,after discontinuation}/n": (3, 0, 1),
        "tte/SAF/OS/-/A/-/{n,events,censored,median}": (4, 1, 3, None),
        "tte/SAF/OS/W4/A/-/{at_risk,pct}": (3, 75),
        "eff.by_visit/ITT/SCORE/W4/A/CHG/n": 3,
    },
    data={
        "ADSL": """
        id  DTHFL  DTHDT       EOSSTT        DCSREAS  TRTEDT      TRTDURD
        1   Y      2024-01-05  DISCONTINUED  DEATH    2024-01-04  4
    """,
        "ADTTE": """
        id  PARAMCD  AVAL  CNSR  CNSDTDSC
        1   OS       5     0     .
        2   OS       29    1     Last contact
    """,
    },
)  # fmt: skip
