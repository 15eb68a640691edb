"""A group that nobody entered: its column says N = 0, no percentage is made of nothing, and nothing is compared with
it.
"""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"PBO": 0, "A": 10, "B": 20},
    subjects="""
        id  arm
        1   PBO
        2   PBO
        3   PBO
        4   PBO
        5   A
        6   A
        7   A
        8   A
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
    """},
    endpoints=[{"paramcd": "SCORE", "comparison": "ancova", "control": "PBO"}],
    events="""
        id  term      start  end
        1   Headache  3      4
    """,
)  # fmt: skip

# Same baselines in both groups: the adjusted difference is that of the mean changes -10 -8 -11 -10 and -2 0 -1 -1.
EXPECTED = Expected(
    results={
        "sets/ITT/USUBJID/-/{PBO,A,B,TOTAL}/-/N": (4, 4, 0, 8),
        "ae.soc_pt/SAF/AEDECOD/-/{PBO,A,B}/ANY/n": (1, 0, 0),
        "ae.soc_pt/SAF/AEDECOD/-/{PBO,A,B}/ANY/pct": (25, 0, None),
        "eff.by_visit/ITT/SCORE/W4/B/CHG/n": 0,
        "eff.comparison/ITT/SCORE/W4/A/DIFFERENCE/estimate": -9.75 - -1.0,
        "eff.comparison/ITT/SCORE/W4/B/-/{n,estimate}": (0, None),
        "eff.comparison/ITT/SCORE/W4/B/DIFFERENCE/{estimate,p}": (None, None),
    },
    unsaid=[r"0 \(0\.0\) \| 0 \(0\.0\) \| 0 \(0\.0\)"],
)  # fmt: skip
