"""Three primary endpoints and the procedure of Holm: one stands, and one that was below 0.05 by itself does not."""

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
    """,
    values={
        "S1": """
        id  BL  W4
        1   50  40
        2   52  40
        3   54  46
        4   56  42
        5   58  52
        6   60  50
    """,
        "S2": """
        id  BL  W4
        1   50  49
        2   50  48
        3   50  50
        4   50  47
        5   50  51
        6   50  48
    """,
        "S3": """
        id  BL  W4
        1   50  48
        2   50  47
        3   50  49
        4   50  46
        5   50  50
        6   50  49
    """,
    },
    endpoints=[{"paramcd": "S1"}, {"paramcd": "S2"}, {"paramcd": "S3"}],
    multiplicity={"procedure": "holm"},
)  # fmt: skip

# R: p.adjust(c(t.test(s1)$p.value, t.test(s2)$p.value, t.test(s3)$p.value), "holm").
EXPECTED = Expected(
    results={
        "eff.test/ITT/{S1,S2,S3}/W4/TOTAL/-/p": (0.0003392558693, 0.1098665010342, 0.0283967251276),
        "eff.test/ITT/{S1,S2,S3}/W4/TOTAL/-/p_adjusted": (0.001017767608, 0.109866501034, 0.056793450255),
        "eff.test/ITT/{S1,S2,S3}/W4/TOTAL/-/decision": ("significant", "not significant", "not significant"),
        "eff.family/ITT/CHG/-/TOTAL/-/{hypotheses,rejected}": (3, 1),
    },
)  # fmt: skip
