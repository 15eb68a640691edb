"""Tied changes, zero changes, and a score that falls by the same in everybody: exact ranks, no test of no spread."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    subjects="""
        id
        1
        2
        3
        4
        5
        6
        7
        8
    """,
    values={
        "TIED": """
        id  BL  W4
        1   50  49
        2   50  49
        3   50  48
        4   50  48
        5   50  47
        6   50  50
        7   50  51
        8   50  46
    """,
        "FLAT": """
        id  BL  W4
        1   50  40
        2   50  42
        3   50  41
        4   50  43
        5   50  40
        6   50  44
        7   50  41
        8   50  .
    """,
        "CONST": """
        id  BL  W4
        1   50  45
        2   51  46
        3   52  47
        4   53  48
        5   54  49
        6   55  50
        7   56  51
        8   57  52
    """,
    },
    endpoints=[
        {"paramcd": "FLAT", "role": "secondary", "missing": ["tipping_point"]},
        {"paramcd": "TIED", "test": "wilcoxon_signed_rank"},
        {"paramcd": "CONST", "test": "paired_t", "role": "secondary"},
    ],
)  # fmt: skip

# TIED: changes -1 -1 -2 -2 -3 0 1 -4. Without the zero, mid-ranks of |change| 1 1 1 2 2 3 4 are 2 2 2 4.5 4.5 6 7; the
# positive one has rank 2. Of the 2^7 signs those with a rank sum of 2 or less: none, or one of the three ranks of 2:
# 4 of 128; two-sided p = 8/128. R: coin::wilcoxsign_test(..., zero.method = "Wilcoxon", distribution = "exact").
# CONST: all changes are -5, so there is no standard error and no test. FLAT: a shift is measured by the spread of the
# baselines, of which there is none.
EXPECTED = Expected(
    # One subject came to a visit at which nothing of the score was recorded.
    problems={"MI-005": 1},
    results={
        "eff.test/ITT/TIED/W4/A/wilcoxon_signed_rank/p": 8 / 128,
        "eff.by_visit/ITT/TIED/W4/A/CHG/{mean,median}": (-12 / 8, -1.5),
        "eff.by_visit/ITT/CONST/W4/A/CHG/{mean,sd}": (-5, 0),
        "eff.test/ITT/CONST/W4/A/paired_t/p": None,
        "eff.missing/ITT/FLAT/W4/TOTAL/tipping/delta": None,
        "eff.missing/ITT/FLAT/W4/TOTAL/tipping/outcome": "cannot be estimated",
    },
)  # fmt: skip
