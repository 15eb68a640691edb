"""Values that the definition does not place (a sex, a grade): errors that name the record, no new row in silence."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    subjects="""
        id  sex
        1   M
        2   U
    """,
    characteristics=[
        {"variable": "SEX", "label": "Sex", "kind": "categorical", "levels": {"M": "Male", "F": "Female"}}
    ],
    events="""
        id  term      start  end  grade
        1   Headache  3      4    6
    """,
)  # fmt: skip

EXPECTED = Expected(problems={"X-014": 1, "AE-063": 1}, told=["'?U'?", "6"])
