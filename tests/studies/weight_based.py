"""Doses by body weight: a group has no one dose, so what was given is summed, and no compliance is invented."""

from tests.studies._build import study
from tests.studies._run import ABSENT, Expected

STUDY = study(
    groups={"A": {"unit": "mg"}},
    subjects="""
        id  last
        1   28
        2   28
        3   14
    """,
    doses="""
        id  start  end  dose
        1   1      28   70
        2   1      28   85
        3   1      14   62.5
    """,
)  # fmt: skip

EXPECTED = Expected(
    results={
        "exposure/SAF/DOSEA/-/A/-/{n,mean}": (3, (28 * 70 + 28 * 85 + 14 * 62.5) / 3),
        "exposure/SAF/DOSECOMP/-/A/-/mean": ABSENT,
        "exposure/SAF/DOSECOMP/-/A/{FULL,LESS,UNKNOWN}/n": ABSENT,
    },
    data={"ADSL": """
        id  NADMIN  DOSEA  DOSECOMP
        1   28      1960   .
        2   28      2380   .
        3   14      875    .
    """},
    unsaid=["less than the full planned dose"],
)  # fmt: skip
