"""Placebo and two doses: each dose against placebo, and the linear trend in the dose of the adjusted means."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"PBO": 0, "LOW": 10, "HIGH": 20},
    subjects="""
        id  arm
        1   PBO
        2   PBO
        3   PBO
        4   PBO
        5   LOW
        6   LOW
        7   LOW
        8   LOW
        9   HIGH
        10  HIGH
        11  HIGH
        12  HIGH
    """,
    values={"SCORE": """
        id  BL  W4
        1   50  49
        2   52  49
        3   54  54
        4   56  54
        5   51  47
        6   53  48
        7   55  52
        8   57  51
        9   50  42
        10  54  47
        11  52  43
        12  56  46
    """},
    endpoints=[{"paramcd": "SCORE", "comparison": "ancova", "control": "PBO", "dose_trend": "contrast"}],
)  # fmt: skip

# R: m <- lm(chg ~ base + factor(dose)); e <- emmeans(m, "dose"); contrast(e, "trt.vs.ctrl", adjust = "none");
# contrast(e, list(trend = c(-1, 0, 1))); anova(lm(chg ~ base), m).
EXPECTED = Expected(
    results={
        "eff.comparison/ITT/SCORE/W4/{LOW,HIGH}/DIFFERENCE/estimate": (-2.866666667, -7.0),
        "eff.comparison/ITT/SCORE/W4/{LOW,HIGH}/DIFFERENCE/se": (0.9486100944, 0.9331845119),
        "eff.comparison/ITT/SCORE/W4/{LOW,HIGH}/DIFFERENCE/p": (0.01651002545, 6.919904101e-05),
        "eff.comparison/ITT/SCORE/W4/TOTAL/-/{statistic,p}": (28.42797516, 0.0002315051404),
        "eff.comparison/ITT/SCORE/W4/TOTAL/TREND/p": 6.919904101e-05,
    },
)  # fmt: skip
