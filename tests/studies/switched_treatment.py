"""Placebo patients who were given A after progression: they stay in the group of placebo, in the ITT set and in
survival.
"""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"PBO": 0, "A": 10},
    visits={"BL": 1, "W8": 57},
    subjects="""
        id  arm  last  death  rand
        1   PBO  57    50     1
        2   PBO  57    .      1
        3   PBO  57    .      1
        4   A    57    .      1
        5   A    57    40     1
        6   A    57    .      1
    """,
    doses="""
        id  start  end  dose  EXADJ
        1   1      28   0     .
        1   29     50   10    SWITCHED AFTER PROGRESSION
        2   1      28   0     .
        2   29     57   10    SWITCHED AFTER PROGRESSION
        5   1      40   10    .
    """,
    events="""
        id  term       start  end  grade
        1   Sepsis     49     50   5
        2   Rash       30     35   2
        5   Pneumonia  38     40   5
    """,
    survival=[{"paramcd": "OS", "label": "Overall survival", "analysis_set": "ITT", "event_records": {}}],
)  # fmt: skip

# One death of three in each group, on day 50 and on day 40; S = 2/3 after it.
EXPECTED = Expected(
    results={
        "sets/ITT/USUBJID/-/{PBO,A}/-/N": (3, 3),
        "sets/SAF/USUBJID/-/{PBO,A}/-/N": (3, 3),
        "ae.soc_pt/SAF/AEDECOD/-/{PBO,A}/General disorders|Rash/n": (1, 0),
        "tte/ITT/OS/-/{PBO,A}/-/{n,events}": (3, 1, 3, 1),
        "tte/ITT/OS/W8/{PBO,A}/-/pct": (200 / 3, 200 / 3),
    },
    data={
        "ADSL": """
        id  TRT01P  TRT01A  NADMIN  DOSEA
        1   PBO     PBO     50      220
        2   PBO     PBO     57      290
    """,
        "ADTTE": """
        id  PARAMCD  AVAL  CNSR
        1   OS       50    0
        2   OS       57    1
        5   OS       40    0
    """,
    },
)  # fmt: skip
