"""Prior medication began before first dose; what did not surely end before it is concomitant as well."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    subjects="""
        id  day1
        1   2024-01-10
        2   2024-01-10
        3   2024-01-10
        4   2024-01-10
        5   2024-01-10
    """,
    other={"CM": """
        id  CMTRT    CMDECOD  CMCLAS      CMSTDTC     CMENDTC
        1   aspirin  ASPIRIN  ANALGESICS  2023-11-01  2024-01-09
        2   aspirin  ASPIRIN  ANALGESICS  2023-11-01  2024-01-10
        3   aspirin  ASPIRIN  ANALGESICS  2023-11-01  2023-12
        4   aspirin  ASPIRIN  ANALGESICS  2023-11-01  2024-01
        5   aspirin  ASPIRIN  ANALGESICS  2023-11-01  .
    """},
)  # fmt: skip

EXPECTED = Expected(
    results={
        "cm.prior/SAF/CMDECOD/-/A/ANALGESICS|ASPIRIN/n": 5,
        "cm.concomitant/SAF/CMDECOD/-/A/ANALGESICS|ASPIRIN/n": 3,
    },
)  # fmt: skip
