"""Partial dates of treatment: nobody becomes untreated, DM helps where it knows more, and no end goes past last
contact.
"""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    visits={"BL": 1, "W8": 57},
    subjects="""
        id  end  last  day1        RFXSTDTC    RFXENDTC    RFSTDTC
        1   59   59    2024-01-01  2024-01-01  2024-01-20  2024-01-01
        2   59   59    2024-01-01  2024-01-01  2024-01     2024-01-01
        3   41   41    2024-01-01  2024-01-01  2024-02     2024-01-01
        4   59   59    2024-01-01  2024-01-01  .           2024-01-01
        5   50   50    2024-01-13  2024-01-13  2024-02-11  2024-01-13
        6   50   50    2024-01-13  2024-01-13  2024-02-11  2024-01-13
    """,
    doses="""
        id  start       end
        1   2024-01-01  2024-01
        2   2024-01-01  2024-01
        3   2024-01-01  2024-02
        4   2024-01-01  .
        5   2024-01     2024-02-11
        6   .           2024-02-11
    """,
)  # fmt: skip

# Ends: 1 DM's day, which lies in January; 2 the last of January; 3 the last of February, but last contact is its
# 10th (day 41); 4 none, treated daily to last contact on 2024-02-28 (day 59). Starts of 5 and 6: DM's 13 January.
EXPECTED = Expected(
    problems={"EX-056": 5},
    results={"sets/SAF/USUBJID/-/A/-/N": 6},
    data={"ADSL": """
        id  TRTSDT      TRTEDT      TRTDURD  NADMIN  DOSEA
        1   2024-01-01  2024-01-20  20       20      200
        2   2024-01-01  2024-01-31  31       31      310
        3   2024-01-01  2024-02-10  41       41      410
        4   2024-01-01  2024-02-28  59       59      590
        5   2024-01-13  2024-02-11  30       30      300
        6   2024-01-13  2024-02-11  30       30      300
    """},
)  # fmt: skip
