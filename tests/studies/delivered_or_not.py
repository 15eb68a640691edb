"""Medication delivered without a row, history and deviations not delivered: "none" of the one, "not delivered" of the
others.
"""

from tests.studies._build import HEADERS, study
from tests.studies._run import ABSENT, Expected

STUDY = study(
    groups={"PBO": 0, "A": 10},
    subjects="""
        id  arm
        1   PBO
        2   PBO
        3   A
        4   A
    """,
    files={"cm.csv": HEADERS["CM"].replace(" ", ",") + "\n"},
    without=("SV",),
)  # fmt: skip

# AE is delivered without a row too: nobody had an event, and rates are 0.
EXPECTED = Expected(
    results={
        "cm.concomitant/SAF/CMTRT/-/{PBO,A}/ANY/n": (0, 0),
        "mh/SAF/MHDECOD/-/{PBO,A}/ANY/n": ABSENT,
        "deviations/ITT/DVTERM/-/{PBO,A}/ANY/n": ABSENT,
        "ae.overview/SAF/USUBJID/-/{PBO,A}/EMERGENT/{n,pct}": (0, 0, 0, 0),
        "ae.rate/SAF/AEDECOD/-/{PBO,A}/ANY/rate": (0, 0),
    },
    said=["not (collected|delivered)"],
)  # fmt: skip
