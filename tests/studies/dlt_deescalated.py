"""3+3 that went a level too far: two toxicities of three at the second, so three more at the first, the MTD."""

from tests.studies._build import ESCALATION, study
from tests.studies._run import Expected

STUDY = study(
    groups={"L1": 10, "L2": 20},
    subjects="""
        id  arm  day1
        1   L1   2024-01-01
        2   L1   2024-01-02
        3   L1   2024-01-03
        4   L2   2024-02-01
        5   L2   2024-02-02
        6   L2   2024-02-03
        7   L1   2024-03-01
        8   L1   2024-03-02
        9   L1   2024-03-03
    """,
    events="""
        id  term      start  end  grade  related
        4   Rash      10     15   3      Y
        6   Vomiting  2      3    4      Y
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
        7   P1     3
        8   P1     3
        9   P1     3
    """,
        "AE": """
        id  seq  AEDLT
        4   1    Y
        6   1    Y
    """,
    },
    **ESCALATION,
)  # fmt: skip

# R: binom.test(0, 6)$conf.int gives 0 to 0.4592581.
EXPECTED = Expected(
    results={
        "esc.cohort/SAF/COHORT/-/L2/2/{dlts,decision}": (2, "de-escalate"),
        "esc.cohort/SAF/COHORT/-/L1/3/{total_evaluable,total_dlts,decision}": (6, 0, "stop"),
        "esc.level/SAF/NDLT/-/L1/-/{evaluable,n,pct_low,pct_high}": (6, 0, 0, 45.925814),
        "esc.mtd/SAF/NDLT/-/TOTAL/-/mtd": "Group L1",
    },
)  # fmt: skip
