"""A week without a record: 75 % of the plan where there is one; else compliance says that gaps do not count."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={
        "A": {"dose": 10, "unit": "mg", "plan": [{"days": [1, 28], "dose": 10}]},
        "B": {"dose": 10, "unit": "mg"},
    },
    subjects="""
        id  arm
        1   A
        2   A
        3   B
        4   B
    """,
    doses="""
        id  start  end
        1   1      7
        1   15     28
        2   1      28
        3   1      7
        3   15     28
        4   1      28
    """,
)  # fmt: skip

EXPECTED = Expected(
    results={"exposure/SAF/DOSECOMP/-/{A,B}/FULL/n": (1, 2), "exposure/SAF/DOSECOMP/-/{A,B}/LESS/n": (1, 0)},
    data={"ADSL": """
        id  NADMIN  DOSEA  DOSEP  DOSECOMP
        1   21      210    280    75
        2   28      280    280    100
        3   21      210    210    100
        4   28      280    280    100
    """},
    said=["without a record"],
)  # fmt: skip
