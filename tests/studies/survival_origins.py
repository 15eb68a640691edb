"""Times from enrolment, randomisation and first dose; censored at last contact, last assessment, end of treatment,
cut-off.
"""

from tests.studies._build import study
from tests.studies._run import Expected


def time(name, start, at=None, **more):
    """A time to death."""
    censoring = {"censoring": {"at": at, **more}} if at else {}
    return {"paramcd": name, "label": name, "analysis_set": "ITT", "event_records": {}, "from": start} | censoring


STUDY = study(
    groups={"PBO": 0, "A": 10},
    visits={"BL": 1, "W2": 15, "W4": 29},
    subjects="""
        id  arm  last  end  rand  death  consent
        1   PBO  12    20   -3    20     -20
        2   A    10    30   -3    .      -20
        3   A    .     8    1     .      -20
    """,
    ends="""
        id  day  what
        1   -10  ENROLLED
        2   -10  ENROLLED
        3   -10  ENROLLED
    """,
    values={"SCORE": """
        id  BL  W2
        1   50  48
        2   52  47
        3   54  .
    """},
    endpoints=[{"paramcd": "SCORE", "visits": ["W2"]}],
    events="""
        id  term    start  end  grade
        1   Sepsis  18     20   5
    """,
    survival=[
        time("OSE", "enrolment"),
        time("OSR", "randomisation"),
        time("OSD", "first_dose"),
        time("OSA", "first_dose", "last_assessment", domain="QS"),
        time("OST", "first_dose", "end_of_treatment", days=7),
        time("OSC", "randomisation", "data_cutoff"),
    ],
    study={"data_cutoff": "2024-03-01"},
)  # fmt: skip

# Day 1 is 2024-01-01; day -3 lies 3 days before it, so a death on day 20 is on the 23rd day from randomisation.
# Last doses on days 12 and 10: treatment and a week end on days 19 and 17, so the death on day 20 is no event of OST.
# Last score of subject 2: day 15. The cut-off is day 61, which is the 64th from randomisation on day -3.
EXPECTED = Expected(
    data={"ADTTE": """
        id  PARAMCD  AVAL  CNSR  CNSDTDSC
        1   OSE      30    0     .
        1   OSR      23    0     .
        1   OSD      20    0     .
        1   OST      19    1     End of treatment
        2   OSE      40    1     Last contact
        2   OSR      33    1     Last contact
        2   OSD      30    1     Last contact
        2   OSA      15    1     Last assessment
        2   OST      17    1     End of treatment
        2   OSC      64    1     Data cut-off
        3   OSE      18    1     Last contact
        3   OSR      8     1     Last contact
        3   OSC      61    1     Data cut-off
    """},
    results={"tte/ITT/{OSE,OSR,OSD}/-/TOTAL/-/n": (3, 3, 2)},
)  # fmt: skip
