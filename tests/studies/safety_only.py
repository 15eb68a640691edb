"""No endpoint, no laboratory, no vital sign: a report of who took part, what was taken, and what happened."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"PBO": 0, "A": 10},
    subjects="""
        id  arm  age
        1   PBO  40
        2   PBO  44
        3   A    50
        4   A    60
    """,
    characteristics=[{"variable": "AGE", "label": "Age", "kind": "continuous", "unit": "years"}],
    events="""
        id  term      start  end  grade  related  serious
        1   Headache  3      4    1      .        .
        3   Headache  3      4    2      Y        .
        3   Sepsis    9      20   4      Y        Y
        4   Headache  -2     4    1      .        .
    """,
    other={
        "MH": """
        id  MHTERM  MHDECOD  MHBODSYS               MHSTDTC  MHENDTC
        1   asthma  Asthma   Respiratory disorders  2010     .
    """,
        "CM": """
        id  CMTRT    CMDECOD  CMCLAS      CMSTDTC  CMENDTC
        2   aspirin  ASPIRIN  ANALGESICS  3        5
    """,
    },
)  # fmt: skip

EXPECTED = Expected(
    results={
        "demographics/SAF/AGE/-/{PBO,A}/-/mean": (42, 55),
        "ae.overview/SAF/USUBJID/-/{PBO,A}/EMERGENT/{n,events}": (1, 1, 1, 2),
        "ae.overview/SAF/USUBJID/-/A/{BEFORE,RELATED,SEVERE,SERIOUS,RELATED SERIOUS}/events": (1, 2, 1, 1, 1),
        "mh/SAF/MHDECOD/-/{PBO,A}/Respiratory disorders|Asthma/n": (1, 0),
        "cm.concomitant/SAF/CMDECOD/-/{PBO,A}/ANALGESICS|ASPIRIN/n": (1, 0),
    },
    said=["[Nn]o endpoint of efficacy"],
)  # fmt: skip
