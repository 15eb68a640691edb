"""Results below and above what can be measured: half the lower limit, and the upper limit, are what is summed up."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    subjects="""
        id
        1
        2
    """,
    values={"ALT": """
        id  BL  W4
        1   20  <10
        2   20  >200
    """},
    laboratory=[{"paramcd": "ALT"}],
)  # fmt: skip

EXPECTED = Expected(
    results={"lab.value/SAF/ALT/W4/A/-/{n,mean,min,max}": (2, 102.5, 5, 200)},
    data={"ADBDS": """
        id  PARAMCD  AVISIT  AVAL  DTYPE
        1   ALT      W4      5     HALFLOQ
        2   ALT      W4      200   ULOQ
    """},
)  # fmt: skip
