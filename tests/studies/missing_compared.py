"""A comparison with missing values: observed, carried forward and imputed data each give the difference between
groups.
"""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"PBO": 0, "A": 10},
    visits={"BL": 1, "W2": 15, "W4": 29},
    subjects="""
        id  arm
        P1  PBO
        P2  PBO
        P3  PBO
        P4  PBO
        P5  PBO
        P6  PBO
        A1  A
        A2  A
        A3  A
        A4  A
        A5  A
        A6  A
    """,
    values={"SCORE": """
        id  visit  day  value
        P1  BL     1    51
        P1  W2     15   50
        P1  W4     29   49
        P2  BL     1    53
        P2  W2     15   53
        P2  W4     29   52
        P3  BL     1    55
        P3  W2     15   54
        P4  BL     1    57
        P4  W2     15   55
        P4  W4     29   56
        P5  BL     1    59
        P5  W2     15   58
        P5  W4     29   57
        P6  BL     1    61
        P6  W2     15   59
        P6  2.01   20   62
        A1  BL     1    50
        A1  W2     15   46
        A1  W4     29   40
        A2  BL     1    52
        A2  W2     15   47
        A2  W4     29   44
        A3  BL     1    54
        A3  W2     15   50
        A4  BL     1    56
        A4  W2     15   50
        A4  W4     29   45
        A5  BL     1    58
        A6  BL     1    60
        A6  W2     15   55
        A6  W4     29   50
    """},
    endpoints=[{"paramcd": "SCORE", "comparison": "ancova", "control": "PBO", "missing": ["locf", "mi", "mmrm"]}],
)  # fmt: skip

# Carried to week 4: P3 54; P6 62, its last value, though an unscheduled one; A3 50; A5 has none after its baseline.
# R: lm(chg ~ base + group) of the observed and of the carried values. Mixed model, R nlme: gls(chg ~ visit*group +
# visit*base, corSymm(~ t | id), varIdent(~ 1 | visit)), emmeans at the mean baseline; it uses W2 and W4.
EXPECTED = Expected(
    # One subject came to a visit at which nothing of the score was recorded.
    problems={"MI-001": 4, "MI-005": 1},
    results={
        "eff.missing/ITT/SCORE/W4/{PBO,A}/{observed,locf,mi}/n": (4, 6, 6, 4, 5, 6),
        "eff.missing/ITT/SCORE/W4/{PBO,A}/{locf,mi}/imputed": (2, 2, 1, 2),
        "eff.missing/ITT/SCORE/W4/A/observed|DIFFERENCE/{estimate,se,df}": (-8.282828283, 0.7314449627, 5),
        "eff.missing/ITT/SCORE/W4/A/observed|DIFFERENCE/{ci_low,ci_high,p}": (
            -10.163067418, -6.402589148, 9.390734346e-05,
        ),
        "eff.missing/ITT/SCORE/W4/A/locf|DIFFERENCE/{estimate,se,df}": (-7.560371517, 1.3391442454, 8),
        "eff.missing/ITT/SCORE/W4/A/locf|DIFFERENCE/{ci_low,ci_high,p}": (
            -10.64844368, -4.47229935, 0.0004838455798,
        ),
        "eff.mmrm/ITT/SCORE/W4/A/DIFFERENCE/{estimate,se}": (-8.256816028, 0.730388720),
    },
)  # fmt: skip
