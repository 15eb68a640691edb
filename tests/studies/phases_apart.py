"""Efficacy asked for in the second phase at the top dose: each phase by itself, per protocol, and both pooled."""

from tests.studies._build import ESCALATION, study
from tests.studies._run import Expected

STUDY = study(
    groups={"L1": 10, "L2": 20},
    subjects="""
        id  arm  day1        last
        1   L1   2024-01-01  30
        2   L1   2024-01-02  30
        3   L1   2024-01-03  30
        4   L2   2024-02-01  30
        5   L2   2024-02-02  30
        6   L2   2024-02-03  30
        7   L2   2024-04-01  30
        8   L2   2024-04-02  30
        9   L2   2024-04-03  30
        10  L2   2024-04-04  30
    """,
    values={"SCORE": """
        id  BL  W4
        1   50  49
        2   50  48
        3   50  47
        4   50  46
        5   50  44
        6   50  45
        7   50  40
        8   50  38
        9   50  42
        10  50  40
    """},
    supp={"DM": """
        id  PHASE  COHORT
        1   P1     1
        2   P1     1
        3   P1     1
        4   P1     2
        5   P1     2
        6   P1     2
        7   P2     3
        8   P2     3
        9   P2     3
        10  P2     3
    """},
    endpoints=[{
        "paramcd": "SCORE",
        "further": [
            {"id": "P1", "label": "Phase 1", "phases": ["P1"]},
            {"id": "P2", "label": "Phase 2", "phases": ["P2"], "promised": True},
        ],
    }],
    **{**ESCALATION, "phases": {"variable": "PHASE", "levels": [
        {"code": "P1", "label": "Phase 1", "role": "escalation"},
        {"code": "P2", "label": "Phase 2", "role": "expansion"},
    ]}},
)  # fmt: skip

# Phase 2: changes -10, -12, -8, -10; mean -10, sd sqrt(8/3), t = -10 / sqrt(2/3) = -sqrt(150), 3 degrees of freedom.
# Of 3 degrees of freedom t has a closed form (Student 1908): with w = atan(sqrt(50)), p = 1 - 2/pi (w + sin w cos w)
# = 0.00117222; the quantile is 3.182446, so the limits are -10 -+ 2.598457. Three values a group have no interval.
EXPECTED = Expected(
    results={
        "eff.further.P2/ITT/SCORE/-/{L1,L2,TOTAL}/-/N": (0, 4, 4),
        "eff.further.P2/ITT/SCORE/W4/TOTAL/-/{n,mean,sd,estimate}": (4, -10, 1.632993, -10),
        "eff.further.P2/ITT/SCORE/W4/L2/-/{ci_low,ci_high,p}": (-12.598457, -7.401543, 0.00117221644),
        "eff.further.P1/ITT/SCORE/W4/{L1,L2}/-/{n,mean,estimate,ci_low}": (3, -2, None, None, 3, -5, None, None),
        "eff.by_visit/ITT/SCORE/W4/TOTAL/CHG/{n,mean}": (10, -6.1),
    },
    shown={"eff.primary": [
        "W4 | −2.0 [3] | −5.0 [3] | −3.5 [6]\n(−5.5 to −1.5) | −10.0 [4]\n(−12.6 to −7.4) | −6.1 [10]\n(−8.8 to −3.4)",
    ]},
)  # fmt: skip
