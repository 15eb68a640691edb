"""The last value on treatment as a visit of its own: up to three days after the last dose, and no later one."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    visits={"BL": 1, "W2": 15, "W4": 29},
    subjects="""
        id  last
        1   29
        2   13
        3   11
    """,
    values={"ALT": """
        id  BL  W2  W4
        1   20  25  30
        2   20  27  40
        3   20  28  50
    """},
    laboratory=[{"paramcd": "ALT"}],
    end_of_treatment={"days": 3},
)  # fmt: skip

# Subject 1: day 29; 2: day 15, two days after its last dose; 3: day 15 is four days after it, so there is none.
EXPECTED = Expected(
    results={
        "lab.value/SAF/ALT/EOT/A/-/{n,mean}": (2, 28.5),
        "lab.value/SAF/ALT/W4/A/-/{n,mean}": (3, 40),
    },
)  # fmt: skip
