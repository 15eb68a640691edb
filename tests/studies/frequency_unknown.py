"""A dosing frequency that is no term of the code list: an error that names the record, never a guess."""

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
        id  start  end  freq
        1   1      28   QD
        2   1      28   EVERY NOW AND THEN
    """,
)  # fmt: skip

EXPECTED = Expected(problems={"EX-054": 1}, told=["EVERY NOW AND THEN"])
