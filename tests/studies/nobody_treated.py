"""Three were randomised and none was treated: they stand in the disposition and in the ITT set, and in nothing of
safety.
"""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"PBO": 0, "A": 10},
    subjects="""
        id  arm  last  rand  end  reason
        1   PBO  .     1     8    WITHDRAWAL BY SUBJECT
        2   A    .     1     8    WITHDRAWAL BY SUBJECT
        3   A    .     1     9    WITHDRAWAL BY SUBJECT
    """,
)  # fmt: skip

EXPECTED = Expected(
    results={
        "sets/ITT/USUBJID/-/{PBO,A,TOTAL}/-/N": (1, 2, 3),
        "sets/SAF/USUBJID/-/{PBO,A,TOTAL}/-/N": (0, 0, 0),
        "disposition/ITT/USUBJID/-/{PBO,A}/{TREATED,NOT TREATED}/n": (0, 1, 0, 2),
        "disposition/ITT/USUBJID/-/{PBO,A}/{COMPLETED,DISCONTINUED}/n": (0, 1, 0, 2),
        "ae.overview/SAF/USUBJID/-/TOTAL/EMERGENT/{n,pct}": (0, None),
    },
    data={"ADSL": """
        id  TRT01P  TRT01A  RANDDT      TRTSDT  EOSSTT        SAFFL  ITTFL
        1   PBO     .       2024-01-01  .       DISCONTINUED  N      Y
    """},
)  # fmt: skip
