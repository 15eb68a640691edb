"""Small sites: those with fewer than two subjects in a group are pooled into one level of the factor."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"PBO": 0, "A": 10},
    subjects="""
        id  arm  site
        1   PBO  01
        2   PBO  01
        3   PBO  01
        4   PBO  02
        5   PBO  03
        6   A    01
        7   A    01
        8   A    01
        9   A    02
        10  A    03
        11  A    03
    """,
    values={"SCORE": """
        id  BL  W4
        1   50  49
        2   52  50
        3   54  54
        4   51  48
        5   55  54
        6   50  42
        7   53  46
        8   55  46
        9   52  46
        10  54  44
        11  56  48
    """},
    endpoints=[
        {"paramcd": "SCORE", "comparison": "ancova", "control": "PBO", "factors": ["SITEID"], "pool_below": 2}
    ],
)  # fmt: skip

# Sites 02 (1 and 1) and 03 (1 and 2) are pooled. R: lm(chg ~ base + pooled + group).
EXPECTED = Expected(
    results={
        "eff.comparison/ITT/SCORE/W4/A/DIFFERENCE/{estimate,se,df}": (-6.5604838709677, 0.9021094737619, 7),
        "disposition.site/ITT/SITEID/-/{PBO,A}/{01,02,03}/n": (3, 1, 1, 3, 1, 2),
    },
)  # fmt: skip
