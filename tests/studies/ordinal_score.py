"""A score of four grades: each grade is counted, and the groups are compared by their mean scores and in general."""

from tests.studies._build import study
from tests.studies._run import Expected

SCORES = {"PBO": (1, 1, 2, 3, 3), "A": (0, 0, 1, 1, 2)}
PEOPLE = [(f"{arm}{n}", arm, score) for arm, scores in SCORES.items() for n, score in enumerate(scores, 1)]

STUDY = study(
    groups={"PBO": 0, "A": 10},
    subjects="id  arm\n" + "\n".join(f"{name}  {arm}" for name, arm, _ in PEOPLE),
    values={"PAIN": "id  BL  W4\n" + "\n".join(f"{name}  3  {score}" for name, _, score in PEOPLE)},
    endpoints=[{"paramcd": "PAIN", "measure": "value", "levels": {0: "None", 1: "Mild", 2: "Moderate", 3: "Severe"}}],
)  # fmt: skip

# R: row mean scores Q = (N - 1) x between / total sum of squares of the scores; general association Pearson's
# chi-square x (N - 1)/N, as chisq.test(..., correct = FALSE) has it.
EXPECTED = Expected(
    results={
        "eff.category/ITT/PAIN/W4/PBO/{0,1,2,3}/n": (0, 2, 1, 2),
        "eff.category/ITT/PAIN/W4/A/{0,1,2,3}/n": (2, 2, 1, 0),
        "eff.category/ITT/PAIN/W4/TOTAL/MEAN SCORES/{statistic,df,p}": (3.115384615, 1, 0.07755616674),
        "eff.category/ITT/PAIN/W4/TOTAL/ASSOCIATION/{statistic,df,p}": (3.6, 3, 0.3080221716),
    },
)  # fmt: skip
