"""Unscheduled values: nearest to the target day counts, of two equally near the later; an extreme one is the worst
value.
"""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    visits={"BL": 1, "W2": 15, "W4": 29},
    subjects="""
        id
        1
        2
    """,
    values={"ALT": """
        id  visit  day  value
        1   BL     1    20
        1   W2     15   30
        1   2.01   19   200
        1   W4     29   25
        2   BL     1    20
        2   2.01   12   31
        2   2.02   18   33
        2   W4     31   26
    """},
    laboratory=[{"paramcd": "ALT"}],
)  # fmt: skip

# Subject 1: day 15 is nearer to 15 than 19, so 200 is at no visit, and still its maximum. Subject 2: days 12 and 18 lie
# three days to either side: the later, 33.
EXPECTED = Expected(
    results={
        "lab.value/SAF/ALT/W2/A/-/{n,mean}": (2, 31.5),
        "lab.worst/SAF/ALT/-/A/MAX/{n,max}": (2, 200),
        "lab.shift/SAF/ALT/-/A/NORMAL|HIGH/n": 1,
    },
    data={"ADBDS": """
        id  PARAMCD  AVISIT  AVAL
        1   ALT      W2      30
        2   ALT      W2      33
        2   ALT      W4      26
    """},
)  # fmt: skip
