"""Responders compared within sites: Cochran–Mantel–Haenszel, and Mantel and Haenszel's difference after Sato."""

from tests.studies._build import study
from tests.studies._run import Expected

# Site, arm → responders, subjects.
CELLS = {("01", "A"): (5, 6), ("01", "PBO"): (2, 5), ("02", "A"): (4, 4), ("02", "PBO"): (1, 5)}
PEOPLE = [
    (f"{arm}{site}{n}", arm, site, "Y" if n <= yes else "N")
    for (site, arm), (yes, size) in CELLS.items()
    for n in range(1, size + 1)
]

STUDY = study(
    groups={"PBO": 0, "A": 10},
    subjects="id  arm  site\n" + "\n".join(f"{name}  {arm}  {site}" for name, arm, site, _ in PEOPLE),
    values={"CURED": "id  BL  W4\n" + "\n".join(f"{name}  N  {cured}" for name, _, _, cured in PEOPLE)},
    endpoints=[{"paramcd": "CURED", "kind": "binary", "benefit": "increase", "comparison": "proportions",
                "control": "PBO", "measure": "value", "factors": ["SITEID"]}],
)  # fmt: skip

# R: mantelhaen.test(table, correct = FALSE)$p.value; difference and interval by the formulas of Sato, Greenland and
# Robins (Biometrics 1989;45:1323): weights n1 n0 / N by site.
EXPECTED = Expected(
    results={
        "eff.proportion/ITT/CURED/W4/{PBO,A}/-/{n,with_value}": (3, 10, 9, 10),
        "eff.proportion/ITT/CURED/W4/A/DIFFERENCE/estimate": 59.79591837,
        "eff.proportion/ITT/CURED/W4/A/DIFFERENCE/{ci_low,ci_high}": (24.83872490, 94.75311184),
        "eff.proportion/ITT/CURED/W4/A/DIFFERENCE/p": 0.009756754291,
    },
)  # fmt: skip
