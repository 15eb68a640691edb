"""A subgroup with nobody left at the visit in one group: the other is compared, and of this one it is said why not."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"PBO": 0, "A": 10},
    subjects="""
        id  arm  sex
        1   PBO  M
        2   PBO  M
        3   PBO  M
        4   PBO  M
        5   PBO  F
        6   PBO  F
        7   A    M
        8   A    M
        9   A    M
        10  A    M
        11  A    F
        12  A    F
    """,
    values={"SCORE": """
        id  BL  W4
        1   50  48
        2   52  52
        3   54  53
        4   56  55
        5   50  49
        6   52  50
        7   50  40
        8   52  44
        9   54  43
        10  56  46
        11  50  .
        12  52  .
    """},
    endpoints=[{"paramcd": "SCORE", "comparison": "ancova", "control": "PBO"}],
    characteristics=[
        {"variable": "SEX", "label": "Sex", "kind": "categorical", "levels": {"M": "Male", "F": "Female"}}
    ],
    subgroups=[{"variable": "SEX", "label": "Sex"}],
)  # fmt: skip

# Men have the same baselines in both groups: the difference is that of the mean changes, -9.75 - -1.
EXPECTED = Expected(
    problems={"MI-001": 2},
    results={
        "eff.subgroup_comparison/ITT/SCORE/W4/A/SEX|M|DIFFERENCE/estimate": -8.75,
        "eff.subgroup_comparison/ITT/SCORE/W4/A/SEX|F/{n,estimate}": (0, None),
        "eff.subgroup_comparison/ITT/SCORE/W4/A/SEX|F|DIFFERENCE/{estimate,p}": (None, None),
    },
)  # fmt: skip
