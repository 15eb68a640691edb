"""A binary endpoint that is compared: 9 of 10 against 3 of 10, the example of Newcombe (Stat Med 1998;17:873, Table
II).
"""

from tests.studies._build import study
from tests.studies._run import Expected

YES = {"PBO": 3, "A": 9}
PEOPLE = [(f"{arm}{n}", arm, "Y" if n <= YES[arm] else "N") for arm in YES for n in range(1, 11)]

STUDY = study(
    groups={"PBO": 0, "A": 10},
    subjects="id  arm\n" + "\n".join(f"{name}  {arm}" for name, arm, _ in PEOPLE),
    values={"CURED": "id  BL  W4\n" + "\n".join(f"{name}  N  {cured}" for name, _, cured in PEOPLE)},
    endpoints=[{"paramcd": "CURED", "kind": "binary", "benefit": "increase", "comparison": "proportions",
                "control": "PBO", "measure": "value"}],
)  # fmt: skip

# Method 10: 0.6, 0.1705 to 0.8090. R: fisher.test(matrix(c(9, 1, 3, 7), 2))$p.value = 0.0197666111.
EXPECTED = Expected(
    results={
        "eff.proportion/ITT/CURED/W4/{PBO,A}/-/{n,with_value,pct}": (3, 10, 30, 9, 10, 90),
        "eff.proportion/ITT/CURED/W4/A/DIFFERENCE/{estimate,ci_low,ci_high}": (60, 17.05227239, 80.90179735),
        "eff.proportion/ITT/CURED/W4/A/DIFFERENCE/p": 0.0197666111,
    },
)  # fmt: skip
