"""A person who failed screening and was screened again: one subject (SDTMIG 3.4, 5.2), counted once, and no screen
failure.
"""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    subjects="""
        id  arm  consent
        1   A    2023-12-20
        2   A    2023-12-20
        3   .    2023-12-20
    """,
    ends="""
        id  day         what            DSTERM
        1   2023-11-10  SCREEN FAILURE  ALT TOO HIGH
        1   1           RANDOMIZED      RANDOMIZED
    """,
    values={"ALT": """
        id  visit  day         value
        1   SCR    2023-11-08  90
        1   SCR    2023-12-22  30
        1   W4     29          35
        2   SCR    2023-12-22  20
        2   W4     29          25
    """},
    visits={"SCR": -10, "BL": 1, "W4": 29},
    laboratory=[{"paramcd": "ALT"}],
    change=lambda domains: [dm.update(RFICDTC="2023-11-05") for dm in domains["DM"] if dm["SUBJID"] == "1"],
)  # fmt: skip

# The baseline of subject 1 is the value of the second screening, so it shifts from normal to normal.
EXPECTED = Expected(
    results={
        "disposition/ALL/USUBJID/-/TOTAL/{SCREENED,SCREEN FAILURE}/n": (3, 1),
        "disposition/ITT/USUBJID/-/A/{TREATED,COMPLETED}/n": (2, 2),
        "sets/SAF/USUBJID/-/A/-/N": 2,
        "lab.shift/SAF/ALT/-/A/{NORMAL|NORMAL,HIGH|NORMAL}/n": (2, 0),
    },
    data={"ADSL": """
        id  SCRFFL  EOSSTT          RANDDT
        1   N       COMPLETED       2024-01-01
        3   Y       SCREEN FAILURE  .
    """},
)  # fmt: skip
