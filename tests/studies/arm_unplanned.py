"""A subject who was given what no arm plans (ARMNRS UNPLANNED TREATMENT): valid; in the ITT set as randomised, and
told.
"""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"PBO": 0, "A": 10},
    subjects="""
        id  arm  ACTARM  ACTARMCD  ARMNRS               ACTARMUD
        1   A    .       .         UNPLANNED TREATMENT  Twice the dose of A
        2   A    .       .         .                    .
        3   PBO  .       .         .                    .
        4   PBO  .       .         .                    .
    """,
    doses="""
        id  start  end  dose  EXADJ
        1   1      29   20    MEDICATION ERROR
    """,
    change=lambda domains: [
        dm.update(ACTARM=dm["ARM"], ACTARMCD=dm["ARMCD"]) for dm in domains["DM"] if dm["SUBJID"] != "1"
    ],
)  # fmt: skip

EXPECTED = Expected(
    results={"sets/ITT/USUBJID/-/{PBO,A,TOTAL}/-/N": (2, 2, 4)},
    data={"ADSL": """
        id  TRT01P  ITTFL  TRTSDT
        1   A       Y      2024-01-01
        2   A       Y      2024-01-01
    """},
)  # fmt: skip
