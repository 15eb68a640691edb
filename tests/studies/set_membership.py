"""A per-protocol set, and whether the groups differ in who belongs to it: 9 of 10 against 3 of 10 by Fisher's exact
test.
"""

from tests.studies._build import DEFINITION, study
from tests.studies._run import Expected

YES = {"PBO": 3, "A": 9}
PEOPLE = [(f"{arm}{n}", arm, n <= YES[arm]) for arm in YES for n in range(1, 11)]

STUDY = study(
    groups={"PBO": 0, "A": 10},
    subjects="id  arm\n" + "\n".join(f"{name}  {arm}" for name, arm, _ in PEOPLE),
    other={
        "DV": "id  DVTERM  DVDECOD  DVCAT  DVSTDTC\n"
        + "\n".join(f"{name}  forbidden drug  FORBIDDEN  MAJOR  5" for name, _, inside in PEOPLE if not inside)
    },
    analysis_sets=[
        *DEFINITION["analysis_sets"],
        {"id": "PPS", "flag": "PPSFL", "label": "Per-protocol set", "definition": "Without a major deviation.",
         "criteria": {"enrolled": True, "without_deviation": ["MAJOR"]}, "test": True},
    ],
)  # fmt: skip

# R: fisher.test(matrix(c(9, 1, 3, 7), 2))$p.value = 0.0197666111.
EXPECTED = Expected(
    results={
        "sets/PPS/USUBJID/-/{PBO,A,TOTAL}/-/n": (3, 9, 12),
        "sets/PPS/USUBJID/-/{PBO,A}/-/pct": (30, 90),
        "sets.test/PPS/USUBJID/-/TOTAL/-/p": 0.0197666111,
        "deviations/ITT/DVDECOD/-/{PBO,A}/MAJOR/n": (7, 1),
    },
)  # fmt: skip
