"""A stage of five grades, of which no mean is taken: from where to where, who improved and worsened, nothing tested."""

from tests.studies._build import study
from tests.studies._run import ABSENT, Expected

STUDY = study(
    groups={"A": 10, "B": 20},
    subjects="""
        id  arm
        1   A
        2   A
        3   A
        4   A
        5   B
        6   B
    """,
    values={"STAGE": """
        id  BL  W4
        1   3   2
        2   3   3
        3   2   4
        4   2   2
        5   .   1
        6   3   .
    """},
    endpoints=[
        {"paramcd": "STAGE", "label": "Stage", "kind": "ordinal", "role": "exploratory",
         "levels": {1: "I", 2: "II", 3: "III", 4: "IV"}},
    ],
)  # fmt: skip

# Of four with both values one is lower, two the same, one higher. R: binom.test(1, 4)$conf.int 0.006309463 0.8058796;
# binom.test(2, 4) 0.06758599 0.93241401. In B nobody has both.
EXPECTED = Expected(
    results={
        "eff.shift/ITT/STAGE/W4/{A,B}/-/n": (4, 0),
        "eff.shift/ITT/STAGE/W4/A/LOWER/{n,pct,pct_low,pct_high}": (1, 25, 0.6309463, 80.58796),
        "eff.shift/ITT/STAGE/W4/A/SAME/{n,pct_low,pct_high}": (2, 6.758599, 93.241401),
        "eff.shift/ITT/STAGE/W4/A/{3|2,3|3,2|4,2|2,1|1}/n": (1, 1, 1, 1, 0),
        "eff.shift/ITT/STAGE/W4/B/LOWER/{n,pct}": (0, None),
        "eff.by_visit/ITT/STAGE/W4/A/AVAL/mean": ABSENT,
        "eff.test/ITT/STAGE/W4/A/-/p": ABSENT,
        "eff.category/ITT/STAGE/W4/A/2/n": ABSENT,
    },
    problems={"MI-005": 2},
    said=["of 4 .*, 1 \\(25.0%; 95% CI 0.6% to 80.6%\\) improved, 2 .* stayed the same and 1 .* worsened"],
    shown={"eff.shift.stage": ["III → II | 1 (25.0) | 0 | 1 (25.0)", "II → IV | 1 (25.0) | 0 | 1 (25.0)"]},
)  # fmt: skip
