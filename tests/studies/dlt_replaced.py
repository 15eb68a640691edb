"""3+3 with a subject who left in the DLT window without a toxicity: not evaluable, replaced, and in the safety set."""

from tests.studies._build import ESCALATION, study
from tests.studies._run import Expected

STUDY = study(
    groups={"L1": 10, "L2": 20},
    subjects="""
        id  arm  day1        last  end  reason
        1   L1   2024-01-01  29    29   COMPLETED
        2   L1   2024-01-02  29    29   COMPLETED
        3   L1   2024-01-03  9     10   WITHDRAWAL BY SUBJECT
        4   L1   2024-01-15  29    29   COMPLETED
        5   L2   2024-02-20  29    29   COMPLETED
        6   L2   2024-02-21  5     5    ADVERSE EVENT
        7   L2   2024-02-22  29    29   COMPLETED
    """,
    events="""
        id  term  start  end  grade  related
        6   Rash  4      15   3      Y
    """,
    supp={
        "DM": """
        id  PHASE  COHORT
        1   P1     1
        2   P1     1
        3   P1     1
        4   P1     1
        5   P1     2
        6   P1     2
        7   P1     2
    """,
        "AE": """
        id  seq  AEDLT
        6   1    Y
    """,
    },
    **ESCALATION,
)  # fmt: skip

# Subject 6 left on day 5 too, but after a toxicity: evaluable.
EXPECTED = Expected(
    results={
        "esc.cohort/SAF/COHORT/-/L1/1/{treated,evaluable,dlts,decision}": (4, 3, 0, "escalate"),
        "esc.cohort/SAF/COHORT/-/L2/2/{treated,evaluable,dlts,decision}": (3, 3, 1, "expand"),
        "sets/SAF/USUBJID/-/{L1,L2}/-/N": (4, 3),
        "esc.mtd/SAF/NDLT/-/TOTAL/-/mtd": None,
    },
    data={"ADSL": """
        id  DLTEVFL  NDLT
        1   Y        0
        3   N        0
        4   Y        0
        6   Y        1
    """},
)  # fmt: skip
