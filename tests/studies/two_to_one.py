"""Twice as many on active treatment: each percentage is of its own group, the total's of all."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"PBO": 0, "A": 10},
    subjects="""
        id  arm  sex
        1   PBO  F
        2   PBO  M
        3   PBO  M
        4   A    F
        5   A    F
        6   A    F
        7   A    M
        8   A    M
        9   A    M
    """,
    characteristics=[
        {"variable": "SEX", "label": "Sex", "kind": "categorical", "levels": {"M": "Male", "F": "Female"}}
    ],
    events="""
        id  term      start  end
        1   Headache  3      4
        4   Headache  3      4
        5   Headache  3      4
        6   Headache  3      4
    """,
)  # fmt: skip

EXPECTED = Expected(
    results={
        "sets/SAF/USUBJID/-/{PBO,A,TOTAL}/-/N": (3, 6, 9),
        "demographics/SAF/SEX/-/{PBO,A,TOTAL}/F/pct": (100 / 3, 100 * 3 / 6, 100 * 4 / 9),
        "ae.soc_pt/SAF/AEDECOD/-/{PBO,A,TOTAL}/ANY/n": (1, 3, 4),
        "ae.soc_pt/SAF/AEDECOD/-/{PBO,A,TOTAL}/ANY/pct": (100 / 3, 50, 100 * 4 / 9),
        "disposition/ITT/USUBJID/-/{PBO,A,TOTAL}/COMPLETED/pct": (100, 100, 100),
    },
    shown={"ae.soc_pt": ["Any treatment-emergent adverse event | 1 (33.3) [1] | 3 (50.0) [3] | 4 (44.4) [4]"]},
)  # fmt: skip
