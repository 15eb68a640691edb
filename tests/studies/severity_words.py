"""Severity in words (AESEV) in place of grades: severe is the third word, and worst is by their order."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    subjects="""
        id
        1
        2
        3
    """,
    events="""
        id  term      start  end  AESEV     AETOXGR
        1   Headache  3      4    MILD      .
        1   Headache  9      9    SEVERE    .
        2   Headache  3      4    MODERATE  .
        2   Nausea    3      4    MILD      .
    """,
    adverse_events={
        "grading": "mild to severe",
        "grade_variable": "AESEV",
        "grade_labels": {"MILD": "Mild", "MODERATE": "Moderate", "SEVERE": "Severe"},
    },
    change=lambda domains: [ae.pop("AETOXGR") for ae in domains["AE"]],
)  # fmt: skip

EXPECTED = Expected(
    results={
        "ae.overview/SAF/USUBJID/-/A/SEVERE/{n,events}": (1, 1),
        "ae.grade/SAF/ATOXGRN/-/A/General disorders|Headache|{1,2,3}/n": (0, 1, 1),
        "ae.grade/SAF/ATOXGRN/-/A/ANY||{1,2,3}/n": (0, 1, 1),
    },
)  # fmt: skip
