"""Codes padded with blanks, as some programs write them: told as blanks, and not as unknown arms too."""

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
    problems={"DM-014": None, "AE-014": 1},
    results={"sets/ITT/USUBJID/-/{PBO,A}/-/N": (1, 1), "ae.soc_pt/SAF/AEDECOD/-/PBO/ANY/n": 1},
)  # fmt: skip
