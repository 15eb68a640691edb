"""3+3 in the middle: one toxicity in two, and a third subject still in the window: the rule waits for the third."""

from tests.studies._build import ESCALATION, study
from tests.studies._run import Expected

STUDY = study(
    groups={"L1": 10, "L2": 20, "L3": 40},
    subjects="""
        id  arm  day1        last  reason
        1   L1   2024-01-01  1     COMPLETED
        2   L1   2024-01-02  1     COMPLETED
        3   L1   2024-01-03  1     COMPLETED
        4   L2   2024-02-01  1     ONGOING
        5   L2   2024-02-02  1     ONGOING
        6   L2   2024-02-20  1     ONGOING
    """,
    events="""
        id  term  start  end  grade  related
        5   Rash  10     15   3      Y
    """,
    supp={
        "DM": """
        id  PHASE  COHORT
        1   P1     1
        2   P1     1
        3   P1     1
        4   P1     2
        5   P1     2
        6   P1     2
    """,
        "AE": """
        id  seq  AEDLT
        5   1    Y
    """,
    },
    study={"data_cutoff": "2024-03-05"},
    data={"accepted_checks": {"SV-021": "the delivery is later than the cut-off"}},
    **ESCALATION,
)  # fmt: skip

# The window is 21 days. At the cut-off subject 4 was seen on day 29, subject 5 had a toxicity, subject 6 is on day 15.
# Storer 1989 with six at the MTD: with none in the third it is 1 of 3, three more at L2; with one 2 of 3, and three
# more below, where three were treated. So nothing is decided, and nobody is to be replaced.
EXPECTED = Expected(
    results={
        "esc.cohort/SAF/COHORT/-/L1/1/decision": "escalate",
        "esc.cohort/SAF/COHORT/-/L2/2/{treated,evaluable,dlts,more_needed}": (3, 2, 1, 0),
        "esc.cohort/SAF/COHORT/-/L2/2/{decision,reason}": ("pending", "1 DLT in 2, 1 in the DLT window"),
        "esc.outlook/SAF/NDLT/-/L2/{0,1}/decision": ("expand", "de-escalate"),
        "esc.outlook/SAF/NDLT/-/L2/{0,1}/next_level": ("Group L2", "Group L1"),
        "esc.outlook/SAF/NDLT/-/L2/{0,1}/more_needed": (3, 3),
        "esc.level/SAF/NDLT/-/{L1,L2,L3,TOTAL}/-/pending": (0, 1, 0, 1),
        "esc.mtd/SAF/NDLT/-/TOTAL/-/{mtd,state}": (None, "not complete"),
    },
    problems={"X-006": 3},
)  # fmt: skip
