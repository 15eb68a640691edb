"""Two doses a day, written as BID, as a record QD for morning and evening each, or as such records BID."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    subjects="""
        id
        1
        2
        3
    """,
    doses="""
        id  start  end  freq  EXTPT    EXTPTNUM
        1   1      29   BID   .        .
        2   1      29   QD    MORNING  1
        2   1      29   QD    EVENING  2
        3   1      29   BID   MORNING  1
        3   1      29   BID   EVENING  2
    """,
)  # fmt: skip

# A record of a time point holds at most one dose a day.
EXPECTED = Expected(
    data={"ADSL": """
        id  NADMIN  DOSEA  DOSECOMP
        1   58      580    100
        2   58      580    100
        3   58      580    100
    """},
)  # fmt: skip
