"""Nothing but times: the remissions under 6-mercaptopurine of Freireich et al. (Blood 1963;21:699), weeks taken as
days.
"""

from tests.studies._build import study
from tests.studies._run import Expected

RELAPSED = (6, 6, 6, 7, 10, 13, 16, 22, 23)
IN_REMISSION = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
TIMES = list(enumerate(RELAPSED + IN_REMISSION, 1))
ENDS = {True: "DISEASE RELAPSE", False: "STUDY TERMINATED BY SPONSOR"}

STUDY = study(
    groups={"MP": None},
    visits={"BL": 1, "W10": 10, "W22": 22, "W23": 23},
    subjects="id  end  last  rand  reason\n"
    + "\n".join(f"{i}  {day}  1  1  {ENDS[i <= 9]}" for i, day in TIMES),
    other={"CE": "id  CETERM  CESTDTC\n" + "\n".join(f"{i}  RELAPSE  {day}" for i, day in TIMES if i <= 9)},
    survival=[
        {
            "paramcd": "DUR", "label": "Duration of remission", "analysis_set": "ITT", "death_is_event": False,
            "event_records": {"CE": {"CETERM": "RELAPSE"}}, "from": "randomisation",
        }
    ],
    without=("AE", "SV"),
)  # fmt: skip

# Printed in many textbooks: median 23; S(10) = 0.7529, S(22) = 0.5378, S(23) = 0.4482.
# R 4.2.2, survival 3.5-3, survfit(Surv(t, e) ~ 1, conf.type = "log-log"): median 13 to NA, S(10) 0.5032 to 0.8894.
EXPECTED = Expected(
    problems={"FILE-018": 1},
    results={
        "tte/ITT/DUR/-/MP/-/{n,events,censored}": (21, 9, 12),
        "tte/ITT/DUR/-/MP/-/{median,ci_low,ci_high}": (23, 13, None),
        "tte/ITT/DUR/W10/MP/-/{pct,pct_low,pct_high}": (75.29411765, 50.31995108, 88.93618352),
        "tte/ITT/DUR/{W22,W23}/MP/-/pct": (53.78151261, 44.81792717),
    },
)  # fmt: skip
