"""Texts filled up with blanks, as SAS exports them: they are read without, and each variable is told of once."""

from tests.studies._build import study
from tests.studies._run import Expected


def padded(domains):
    """ARMCD and AETERM filled up to their length."""
    for dm in domains["DM"]:
        dm["ARMCD"] = dm["ARMCD"].ljust(8)
    for ae in domains["AE"]:
        ae["AETERM"] += "   "


STUDY = study(
    groups={"PBO": 0, "A": 10},
    subjects="""
        id  arm
        1   PBO
        2   A
    """,
    events="""
        id  term      start  end
        1   headache  3      4
    """,
    change=padded,
)  # fmt: skip

EXPECTED = Expected(
    problems={"DM-014": 1, "AE-014": 1},
    told=["blanks at its ends"],
)  # fmt: skip
