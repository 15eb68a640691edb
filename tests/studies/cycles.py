"""Infusions on days 1 and 8 of cycles of three weeks: the plan counts the days of each cycle, and no day between."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={
        "A": {"unit": "mg", "plan": [{"days": [1, 42], "dose": 100, "cycle": {"length": 21, "days": [1, 8]}}]},
    },
    visits={"BL": 1, "W6": 43},
    subjects="""
        id  last
        1   29
        2   22
        3   29
    """,
    doses="""
        id  start  end  dose  freq  EXADJ
        1   1      1    100   ONCE  .
        1   8      8    100   ONCE  .
        1   22     22   100   ONCE  .
        1   29     29   100   ONCE  .
        2   1      1    100   ONCE  .
        2   8      8    100   ONCE  .
        2   22     22   100   ONCE  .
        3   1      1    100   ONCE  .
        3   22     22   80    ONCE  ADVERSE EVENT
        3   29     29   80    ONCE  ADVERSE EVENT
    """,
    exposure={"compliance": "to_plan_end"},
)  # fmt: skip

# Days 1, 8, 22, 29: four infusions, 400 mg. Subject 3 missed day 8, and had less at two others: 260 mg.
EXPECTED = Expected(
    results={"exposure/SAF/DOSECOMP/-/A/{FULL,LESS}/n": (1, 2)},
    data={"ADSL": """
        id  NADMIN  NPLAN  DOSEA  DOSEP  DOSECOMP  TRTDURD
        1   4       4      400    400    100       29
        2   3       4      300    400    75        22
        3   3       4      260    400    65        29
    """},
)  # fmt: skip
