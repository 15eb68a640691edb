"""3+3 with one dose-limiting toxicity of three: three more at that level; two of three at the next: the MTD is below
it.
"""

from tests.studies._build import ESCALATION, study
from tests.studies._run import Expected

STUDY = study(
    groups={"L1": 10, "L2": 20, "L3": 40},
    subjects="""
        id  arm  day1
        1   L1   2024-01-01
        2   L1   2024-01-02
        3   L1   2024-01-03
        4   L2   2024-02-01
        5   L2   2024-02-02
        6   L2   2024-02-03
        7   L2   2024-03-01
        8   L2   2024-03-02
        9   L2   2024-03-03
        10  L3   2024-04-01
        11  L3   2024-04-02
        12  L3   2024-04-03
    """,
    events="""
        id  term      start  end  grade  related
        5   Rash      10     15   3      Y
        10  Rash      8      15   3      Y
        11  Vomiting  2      3    3      Y
        12  Headache  4      5    1      .
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
        10  P1     4
        11  P1     4
        12  P1     4
    """,
        "AE": """
        id  seq  AEDLT
        5   1    Y
        10  1    Y
        11  1    Y
    """,
    },
    **ESCALATION,
)  # fmt: skip

# Storer 1989: 0/3 up; 1/3 three more; 1/6 up; 2/3 exceeds, and six were treated below: L2 is the MTD.
# Clopper-Pearson, R: binom.test(1, 6)$conf.int, binom.test(2, 3)$conf.int.
EXPECTED = Expected(
    results={
        "esc.cohort/SAF/COHORT/-/L1/1/decision": "escalate",
        "esc.cohort/SAF/COHORT/-/L2/2/decision": "expand",
        "esc.cohort/SAF/COHORT/-/L2/3/decision": "escalate",
        "esc.cohort/SAF/COHORT/-/L3/4/{evaluable,dlts}": (3, 2),
        "esc.level/SAF/NDLT/-/{L1,L2,L3}/-/n": (0, 1, 2),
        "esc.level/SAF/NDLT/-/L2/-/{pct,pct_low,pct_high}": (100 / 6, 0.4210745, 64.1234578),
        "esc.level/SAF/NDLT/-/L3/-/{pct,pct_low,pct_high}": (200 / 3, 9.4299324, 99.1596241),
        "esc.mtd/SAF/NDLT/-/TOTAL/-/{mtd,state}": ("Group L2", "complete"),
    },
    said=["maximum tolerated dose.*Group L2"],
)  # fmt: skip
