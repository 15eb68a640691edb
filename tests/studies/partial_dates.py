"""Partial dates everywhere: events, history and medication are placed by the stated rules, and nothing is lost."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    subjects="""
        id  day1        consent     death
        1   2024-01-10  2023-12     .
        2   2024-01-10  2023-12-20  2024-02
    """,
    events="""
        id  term      start    end      grade
        1   Headache  2024-01  2024-02  1
        1   Rash      2023     .        1
        1   Nausea    2024     2024     1
        1   Cough     2023-12  2024-01  1
        1   Vertigo   .        2023-12  1
        2   Sepsis    2024-02  2024-02  5
    """,
    other={
        "MH": """
        id  MHTERM  MHDECOD  MHBODSYS              MHSTDTC  MHENDTC
        1   asthma  Asthma   Respiratory disorders  2010    .
    """,
        "CM": """
        id  CMTRT    CMDECOD      CMCLAS      CMSTDTC  CMENDTC
        1   aspirin  ASPIRIN      ANALGESICS  2023     2023-12
        1   tylenol  PARACETAMOL  ANALGESICS  2024-01  .
    """,
    },
    without=("SV",),
    data={"accepted_checks": {"AE-056": "the onset of the vertigo could not be found out"}},
)  # fmt: skip

# First dose 2024-01-10. A start in the month or year of first dose becomes the day of first dose; an end the last day
# that it can be, not after the end of participation (subject 1: 2024-02-07, day 29). A start that is not known at all
# is put on first dose unless the event ended before it. The death of subject 2 lies in February and not before its
# last contact, the dose of the 7th: it is put there.
EXPECTED = Expected(
    results={
        "ae.overview/SAF/USUBJID/-/A/{EMERGENT,BEFORE}/events": (3, 3),
        "ae.deaths/SAF/DTHFL/-/A/ANY/n": 1,
        "mh/SAF/MHDECOD/-/A/ANY/n": 1,
        "cm.prior/SAF/CMDECOD/-/A/ANALGESICS|ASPIRIN/n": 1,
        "cm.concomitant/SAF/CMDECOD/-/A/ANALGESICS|PARACETAMOL/n": 1,
    },
    data={"ADAE": """
        id  AESEQ  ASTDT       ASTDTF  AENDT       AENDTF  TRTEMFL
        1   1      2024-01-10  D       2024-02-07  D       Y
        1   2      2023-01-01  M       .           .       N
        1   3      2024-01-10  M       2024-02-07  M       Y
        1   4      2023-12-01  D       2024-01-31  D       N
        1   5      .           .       2023-12-31  D       N
        2   1      2024-02-01  D       2024-02-07  D       Y
    """,
        "ADSL": """
        id  DTHFL  DTHDT       RFICDT
        1   N      .           .
        2   Y      2024-02-07  2023-12-20
    """},
)  # fmt: skip
