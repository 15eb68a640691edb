"""Data after SDTMIG 3.2: SCRNFAIL and NOTASSGN as arms, no ARMNRS, --BLFL for the baseline, no arm missing."""

from tests.studies._build import study
from tests.studies._run import Expected


def as_in_3_2(domains):
    """Without the variables that came with 3.3 and 3.4."""
    for dm in domains["DM"]:
        for name in ("ARMNRS", "ACTARMUD"):
            dm.pop(name, None)
        failed = {"3": ("SCRNFAIL", "Screen Failure"), "4": ("NOTASSGN", "Not Assigned")}.get(dm["SUBJID"])
        if failed:
            dm["ARMCD"], dm["ARM"] = dm["ACTARMCD"], dm["ACTARM"] = failed
        if dm["SUBJID"] == "5":
            dm["ACTARMCD"], dm["ACTARM"] = "NOTTRT", "Not Treated"
    for lb in domains["LB"]:
        lb["LBBLFL"] = lb.pop("LBLOBXFL")
    for sv in domains["SV"]:
        sv.pop("SVPRESP", None), sv.pop("SVOCCUR", None)


STUDY = study(
    groups={"A": 10, "B": 20},
    subjects="""
        id  arm  last  reason
        1   A    29    COMPLETED
        2   B    29    COMPLETED
        3   .    .     SCREEN FAILURE
        4   .    .     WITHDRAWAL BY SUBJECT
        5   B    .     WITHDRAWAL BY SUBJECT
    """,
    values={"ALT": """
        id  BL  W4
        1   20  50
        2   25  30
    """},
    laboratory=[{"paramcd": "ALT"}],
    change=as_in_3_2,
    data={"sdtmig": "3.2"},
)  # fmt: skip

EXPECTED = Expected(
    results={
        "disposition/ALL/USUBJID/-/TOTAL/{SCREENED,SCREEN FAILURE,NOT ASSIGNED}/n": (5, 1, 1),
        "sets/ITT/USUBJID/-/{A,B}/-/N": (1, 2),
        "sets/SAF/USUBJID/-/{A,B}/-/N": (1, 1),
        "lab.shift/SAF/ALT/-/A/NORMAL|HIGH/n": 1,
    },
    data={"ADSL": """
        id  TRT01P  TRT01A  SCRFFL
        1   A       A       N
        3   .       .       Y
        4   .       .       N
        5   B       .       N
    """},
)  # fmt: skip
