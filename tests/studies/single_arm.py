"""One group: every number stands under it and under the total, and the change from baseline is tested within it."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    subjects="""
        id  sex
        1   M
        2   M
        3   F
        4   F
        5   F
        6   F
    """,
    values={"SCORE": """
        id  BL  W4
        1   50  40
        2   52  40
        3   54  46
        4   56  42
        5   58  52
        6   60  50
    """},
    endpoints=[{"paramcd": "SCORE"}],
    characteristics=[
        {"variable": "SEX", "label": "Sex", "kind": "categorical", "levels": {"M": "Male", "F": "Female"}}
    ],
    events="""
        id  term      start  end  related
        1   Headache  3      4    Y
        1   Headache  9      9    .
        2   Headache  20     .    .
        3   Nausea    2      3    Y
    """,
)  # fmt: skip

# Changes -10 -12 -8 -14 -6 -10: mean -10, sum of squares about it 40, so sd = sqrt(8), se = sqrt(8/6).
# R: t.test(c(-10,-12,-8,-14,-6,-10)): t = -8.660254, df = 5, p = 0.000339255869, -12.96825223 to -7.03174777.
EXPECTED = Expected(
    results={
        "demographics/SAF/SEX/-/{A,TOTAL}/F/pct": (100 * 4 / 6, 100 * 4 / 6),
        "eff.by_visit/ITT/SCORE/W4/A/CHG/{n,mean,sd}": (6, -10, 8**0.5),
        "eff.test/ITT/SCORE/W4/A/paired_t/{estimate,se,statistic,df}": (-10, (8 / 6) ** 0.5, -8.660254038, 5),
        "eff.test/ITT/SCORE/W4/A/paired_t/{ci_low,ci_high,p}": (-12.96825223, -7.03174777, 0.000339255869),
        "ae.overview/SAF/USUBJID/-/A/EMERGENT/{n,pct,events}": (3, 50, 4),
        "ae.overview/SAF/USUBJID/-/A/RELATED/{n,events}": (2, 2),
        "ae.soc_pt/SAF/AEDECOD/-/A/General disorders|Headache/{n,pct,events}": (2, 100 * 2 / 6, 3),
        "disposition/ITT/USUBJID/-/A/{TREATED,COMPLETED,DISCONTINUED}/n": (6, 6, 0),
    },
    unsaid=["placebo", "difference between groups"],
)  # fmt: skip
