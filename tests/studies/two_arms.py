"""Two groups of five: analysis of covariance against control, and the incidence of events by Fisher's exact test."""

from tests.studies._build import study
from tests.studies._run import ABSENT, Expected

STUDY = study(
    groups={"PBO": 0, "A": 10},
    subjects="""
        id  arm
        1   PBO
        2   PBO
        3   PBO
        4   PBO
        5   PBO
        6   A
        7   A
        8   A
        9   A
        10  A
    """,
    values={"SCORE": """
        id  BL  W4
        1   50  48
        2   55  54
        3   60  57
        4   45  46
        5   52  50
        6   51  41
        7   57  49
        8   49  38
        9   62  50
        10  46  39
    """},
    endpoints=[{"paramcd": "SCORE", "comparison": "ancova", "control": "PBO"}],
    events="""
        id  term      start  end
        6   Headache  3      4
        7   Headache  3      4
        8   Headache  3      4
        9   Headache  3      4
    """,
    adverse_events={"compare_with": "PBO"},
)  # fmt: skip

# R: m <- lm(chg ~ base + group); emmeans(m, "group"); confint(m). Fisher: 4 of 5 and 0 of 5; of the C(10,4) = 210 ways
# to place four events, C(5,4) have them all in one group, on either side: p = (5 + 5) / 210.
EXPECTED = Expected(
    results={
        "eff.comparison/ITT/SCORE/W4/{PBO,A}/-/estimate": (-1.455837912, -9.544162088),
        "eff.comparison/ITT/SCORE/W4/{PBO,A}/-/se": (0.6832100261, 0.6832100261),
        "eff.comparison/ITT/SCORE/W4/A/DIFFERENCE/{estimate,se,df}": (-8.088324176, 0.9669499982, 7),
        "eff.comparison/ITT/SCORE/W4/A/DIFFERENCE/{ci_low,ci_high}": (-10.374797592, -5.8018507601),
        "eff.comparison/ITT/SCORE/W4/A/DIFFERENCE/p": 6.84916339e-05,
        "ae.compare/SAF/AEDECOD/-/A/General disorders|Headache/p": 10 / 210,
        # Groups are compared: no test within a group or of the pooled change, no Kruskal-Wallis that nobody asked for.
        "eff.test/ITT/SCORE/W4/{PBO,A,TOTAL}/paired_t/p": ABSENT,
        "eff.dose/ITT/SCORE/W4/TOTAL/-/p": ABSENT,
        # No procedure: no adjusted p-value.
        "eff.comparison/ITT/SCORE/W4/A/DIFFERENCE/p_adjusted": ABSENT,
        "eff.comparison/ITT/SCORE/W4/A/DIFFERENCE/decision": "descriptive",
    },
    unsaid=["Adjusted p", "not significant"],
)  # fmt: skip
