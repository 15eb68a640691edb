"""Protocol titration: 10 mg for a week, then 20 mg; who stayed at 10 mg took less, who stopped kept to the plan."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": {"unit": "mg", "plan": [{"days": [1, 7], "dose": 10}, {"days": [8, None], "dose": 20}]}},
    subjects="""
        id  last
        1   28
        2   28
        3   14
        4   28
    """,
    doses="""
        id  start  end  dose
        1   1      7    10
        1   8      28   20
        2   1      28   10
        3   1      7    10
        3   8      14   20
        4   1      7    10
        4   8      14   20
        4   15     28   10
    """,
)  # fmt: skip

# Plan to day 28: 7 x 10 + 21 x 20 = 490 mg; to day 14: 70 + 140 = 210 mg.
# Given: 490; 280; 210; 70 + 140 + 140 = 350, which is 100 x 350/490 = 71.4 %.
EXPECTED = Expected(
    results={
        "exposure/SAF/DOSECOMP/-/A/{FULL,LESS,MORE,UNKNOWN}/n": (2, 2, 0, 0),
        "exposure/SAF/DOSEA/-/A/-/{mean,min,max}": ((490 + 280 + 210 + 350) / 4, 210, 490),
    },
    data={"ADSL": """
        id  NADMIN  DOSEA  DOSEP  DOSECOMP  TRTDURD
        1   28      490    490    100       28
        2   28      280    490    57.1429   28
        3   14      210    210    100       14
        4   28      350    490    71.4286   28
    """},
)  # fmt: skip
