"""Blood pressure of both arms at screening and of one ever after: an error that asks which, as no mean was meant."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    subjects="""
        id
        1
        2
    """,
    visits={"BL": 1, "W2": 15, "W4": 29},
    values={"SYSBP": """
        id  VSLAT  VSLOC  BL   W2   W4
        1   LEFT   ARM    150  145  140
        1   RIGHT  ARM    155  .    .
        2   LEFT   ARM    160  150  144
        2   RIGHT  ARM    158  .    .
    """},
    vital_signs=[{"paramcd": "SYSBP"}],
)  # fmt: skip

EXPECTED = Expected(
    problems={"PL-006": 1, "PL-007": 1},
    told=["SYSBP: fewer sides at 4 of 6 moments"],
)  # fmt: skip
