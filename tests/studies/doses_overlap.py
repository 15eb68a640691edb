"""Records of treatment that touch or overlap: a day counts once, and both records are told; two sites are one dose."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    visits={"BL": 1, "W10": 71},
    subjects="""
        id
        1
        2
        3
        4
    """,
    doses="""
        id  start  end  dose  EXLOC
        1   1      35   10    .
        1   36     71   10    .
        2   1      35   10    .
        2   35     71   10    .
        3   1      40   10    .
        3   30     71   10    .
        4   1      71   5     ARM
        4   1      71   5     LEG
    """,
)  # fmt: skip

# Subject 1 is in order; 2 touches on day 35, 3 overlaps on days 30 to 40; 4 takes each dose in two parts.
EXPECTED = Expected(
    problems={"EX-055": 2},
    data={"ADSL": """
        id  NADMIN  DOSEA  DOSECOMP  TRTDURD
        1   71      710    100       71
        2   71      710    100       71
        3   71      710    100       71
        4   71      710    100       71
    """},
)  # fmt: skip
