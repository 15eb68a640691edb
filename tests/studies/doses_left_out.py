"""Placebo of dose 0 and doses left out: a placebo tablet is taken or not, an active group's record of 0 mg is a dose
missed.
"""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"PBO": 0, "A": 10},
    subjects="""
        id  arm  RFXENDTC
        1   PBO  25
        2   PBO  25
        3   A    25
        4   A    20
    """,
    doses="""
        id  start  end  dose  EXADJ
        1   1      25   0     .
        2   1      25   0     .
        3   1      25   10    .
        4   1      20   10    .
        4   21     25   0     ADVERSE EVENT
    """,
)  # fmt: skip

# Subject 4: 20 of the 25 recorded days, 200 of 250 mg.
EXPECTED = Expected(
    results={
        "exposure/SAF/DOSECOMP/-/{PBO,A}/{FULL,LESS,UNKNOWN}/n": (2, 0, 0, 1, 1, 0),
        "exposure/SAF/DOSEA/-/{PBO,A}/-/mean": (0, 225),
    },
    data={"ADSL": """
        id  NADMIN  DOSEA  DOSECOMP  TRTDURD
        1   25      0      100       25
        2   25      0      100       25
        3   25      250    100       25
        4   20      200    80        20
    """},
)  # fmt: skip
