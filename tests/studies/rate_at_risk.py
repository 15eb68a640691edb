"""Incidence rates with a window after the last dose: time in which no event could count is no time at risk."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"PBO": 0, "A": 10},
    visits={"BL": 1, "W10": 71},
    subjects="""
        id  arm  last
        1   PBO  10
        2   PBO  10
        3   A    10
        4   A    10
    """,
    events="""
        id  term      start  end
        1   Headache  5      6
        2   Headache  40     41
        3   Headache  2      3
        3   Headache  8      9
    """,
    adverse_events={"emergent_days": 0},
)  # fmt: skip

# To the first event, or to the last dose: PBO 5 + 10 = 15 days, A 2 + 10 = 12. For all events 20 days each.
EXPECTED = Expected(
    results={
        "ae.rate/SAF/AEDECOD/-/{PBO,A}/ANY/events": (1, 1),
        "ae.rate/SAF/AEDECOD/-/{PBO,A}/ANY/years": (15 / 365.25, 12 / 365.25),
        "ae.rate/SAF/AEDECOD/-/{PBO,A}/ANY/rate": (36525 / 15, 36525 / 12),
        "ae.rate/SAF/AEDECOD/-/{PBO,A}/EVENTS/rate": (36525 / 20, 2 * 36525 / 20),
        "ae.overview/SAF/USUBJID/-/PBO/EMERGENT/n": 1,
    },
    data={"ADSL": """
        id  RISKDUR  FUPDUR
        1   10       71
    """},
)  # fmt: skip
