"""A loading dose twice on the first day, then once a day: the plan has two periods with frequencies of their own."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={
        "A": {
            "unit": "mg",
            "plan": [{"days": [1, 1], "dose": 20, "frequency": "BID"}, {"days": [2, 15], "dose": 10}],
        }
    },
    subjects="""
        id  last
        1   15
        2   15
        3   8
    """,
    doses="""
        id  start  end  dose  freq
        1   1      1    20    BID
        1   2      15   10    QD
        2   1      1    20    ONCE
        2   2      15   10    QD
        3   1      1    20    BID
        3   2      8    10    QD
    """,
    exposure={"compliance": "to_plan_end"},
)  # fmt: skip

# The whole plan: 2 x 20 + 14 x 10 = 180 mg in 16 administrations. Given: 180; 20 + 140 = 160; 40 + 70 = 110.
EXPECTED = Expected(
    data={"ADSL": """
        id  NADMIN  NPLAN  DOSEA  DOSEP  DOSECOMP
        1   16      16     180    180    100
        2   15      16     160    180    88.8889
        3   9       16     110    180    61.1111
    """},
)  # fmt: skip
