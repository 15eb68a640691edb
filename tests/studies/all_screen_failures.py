"""Everybody failed screening: the study says so, and every set is empty."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"PBO": 0, "A": 10},
    subjects="""
        id  arm
        1   .
        2   .
        3   .
    """,
)  # fmt: skip

EXPECTED = Expected(
    results={
        "disposition/ALL/USUBJID/-/TOTAL/{SCREENED,SCREEN FAILURE,NOT ASSIGNED}/n": (3, 3, 0),
        "sets/ITT/USUBJID/-/{PBO,A,TOTAL}/-/N": (0, 0, 0),
        "sets/SAF/USUBJID/-/TOTAL/-/N": 0,
        "disposition/ITT/USUBJID/-/TOTAL/COMPLETED/{n,pct}": (0, None),
    },
    data={"ADSL": """
        id  TRT01P  SCRFFL  EOSSTT          ITTFL
        1   .       Y       SCREEN FAILURE  N
    """},
)  # fmt: skip
