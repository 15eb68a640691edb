"""Randomised to placebo and given A: the ITT set counts as randomised, the safety set as treated (ICH E9, 5.2.1)."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"PBO": 0, "A": 10},
    subjects="""
        id  arm  actual
        1   PBO  A
        2   PBO  PBO
        3   PBO  PBO
        4   PBO  PBO
        5   PBO  PBO
        6   A    A
        7   A    A
        8   A    A
        9   A    A
        10  A    A
    """,
    values={"SCORE": """
        id  BL  W4
        1   50  40
        2   52  50
        3   54  53
        4   56  54
        5   58  57
        6   50  42
        7   52  45
        8   54  46
        9   56  47
        10  58  50
    """},
    endpoints=[{"paramcd": "SCORE", "comparison": "ancova", "control": "PBO"}],
    events="""
        id  term      start  end
        1   Headache  3      4
        2   Headache  3      4
    """,
)  # fmt: skip

# By randomised group the baselines are 50, 52, 54, 56, 58 in both, so the adjusted difference of changes is that of
# the mean changes: A (-8 -7 -8 -9 -8)/5 = -8.0, PBO (-10 -2 -1 -2 -1)/5 = -3.2.
EXPECTED = Expected(
    results={
        "sets/ITT/USUBJID/-/{PBO,A,TOTAL}/-/N": (5, 5, 10),
        "sets/SAF/USUBJID/-/{PBO,A,TOTAL}/-/N": (4, 6, 10),
        "eff.by_visit/ITT/SCORE/-/{PBO,A}/-/N": (5, 5),
        "eff.by_visit/ITT/SCORE/W4/{PBO,A}/CHG/mean": (-3.2, -8.0),
        "eff.comparison/ITT/SCORE/W4/A/DIFFERENCE/estimate": -4.8,
        # Subject 1 took A, and had its event on it.
        "ae.soc_pt/SAF/AEDECOD/-/{PBO,A}/General disorders|Headache/n": (1, 1),
        "ae.soc_pt/SAF/AEDECOD/-/{PBO,A}/General disorders|Headache/pct": (100 / 4, 100 / 6),
        "exposure/SAF/DOSEA/-/{PBO,A}/-/mean": (0, 290),
    },
    data={"ADSL": """
        id  TRT01P  TRT01A  ITTFL  SAFFL  TRTDURD
        1   PBO     A       Y      Y      29
        2   PBO     PBO     Y      Y      29
    """},
)  # fmt: skip
