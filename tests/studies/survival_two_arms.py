"""Two curves: the log-rank test, and a median on a flat stretch at one half, which is where the curve reaches it."""

from tests.studies._build import study
from tests.studies._run import Expected

TIMES = {"A": {8: 1, 12: 0, 15: 1, 20: 0, 25: 1, 28: 0}, "B": {3: 1, 4: 1, 7: 1, 9: 0, 10: 1, 28: 0}}
ROWS = [(f"{arm}{day}", arm, day, event) for arm, times in TIMES.items() for day, event in times.items()]

STUDY = study(
    groups={"A": 10, "B": 20},
    subjects="id  arm  end  last  rand  death\n"
    + "\n".join(f"{name}  {arm}  {day}  {min(day, 20)}  1  {day if event else '.'}" for name, arm, day, event in ROWS),
    events="id  term  start  end  grade\n"
    + "\n".join(f"{name}  Death  {day}  {day}  5" for name, _, day, event in ROWS if event),
    survival=[{"paramcd": "OS", "label": "Overall survival", "analysis_set": "ITT", "event_records": {}}],
)  # fmt: skip

# B: S = 5/6, 4/6, 3/6 on day 7, and 1/4 on day 10: the first time at which S <= 1/2 is day 7 (R prints the middle of
# the stretch, 8.5). A: 5/6, 5/6 x 3/4, half of that on day 25.
# R: survdiff(Surv(t, e) ~ g): chisq 1.4415302109, p 0.2298918795; limits of the medians from survfit, log-log.
EXPECTED = Expected(
    results={
        "tte/ITT/OS/-/{A,B}/-/median": (25, 7),
        "tte/ITT/OS/-/{A,B}/-/{ci_low,ci_high}": (8, None, 3, None),
        "tte/ITT/OS/-/TOTAL/LOGRANK/{statistic,df,p}": (1.4415302109, 1, 0.2298918795),
    },
    data={"ADTTE": """
        id  PARAMCD  AVAL  CNSR
        A8  OS       8     0
        A12  OS      12    1
    """},
)  # fmt: skip
