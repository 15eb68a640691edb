"""Two sequences, A then placebo and placebo then A: a group is a sequence, and its plan has both periods."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={
        "AP": {"unit": "mg", "plan": [{"days": [1, 14], "dose": 10}, {"days": [15, 28], "dose": 0}]},
        "PA": {"unit": "mg", "plan": [{"days": [1, 14], "dose": 0}, {"days": [15, 28], "dose": 10}]},
    },
    subjects="""
        id  arm  last
        1   AP   28
        2   AP   28
        3   PA   28
        4   PA   21
    """,
    doses="""
        id  start  end  dose
        1   1      14   10
        1   15     28   0
        2   1      14   10
        2   15     28   0
        3   1      14   0
        3   15     28   10
        4   1      14   0
        4   15     21   10
    """,
)  # fmt: skip

# A tablet of placebo is an administration. Subject 4, to its last dose on day 21: 7 x 10 mg of 7 x 10 mg.
EXPECTED = Expected(
    data={"ADSL": """
        id  TRT01A  NADMIN  DOSEA  DOSEP  DOSECOMP  TRTDURD
        1   AP      28      140    140    100       28
        3   PA      28      140    140    100       28
        4   PA      21      70     70     100       21
    """},
)  # fmt: skip
