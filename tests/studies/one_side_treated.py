"""One limb is treated, as the definition says: a record of the other limb is an error that names it."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    subjects="""
        id
        1
        2
    """,
    doses="""
        id  start  end  EXLOC  EXLAT
        1   1      29   LEG    RIGHT
        2   1      10   LEG    RIGHT
        2   11     29   LEG    LEFT
    """,
    treatment={"one_side": True},
)  # fmt: skip

EXPECTED = Expected(problems={"X-011": None}, told=["LEFT|RIGHT"])
