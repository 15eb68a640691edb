"""Records after the data cut-off: dropped, ends made ongoing, a later death not known; counted in section 9.6."""

from tests.studies._build import study
from tests.studies._run import ABSENT, Expected

STUDY = study(
    groups={"PBO": 0, "A": 10},
    visits={"BL": 1, "W4": 29, "W10": 71},
    subjects="""
        id  arm  last  death
        1   PBO  71    .
        2   PBO  71    .
        3   A    71    .
        4   A    65    65
        5   A    30    .
    """,
    values={"SCORE": """
        id  BL  W4  W10
        1   50  46  40
        2   52  47  41
        3   54  44  30
        4   56  46  .
        5   58  48  31
    """},
    endpoints=[{"paramcd": "SCORE", "visits": ["W4"]}],
    events="""
        id  term       start  end  grade
        1   Headache   70     71   1
        2   Rash       20     65   1
        4   Pneumonia  50     65   5
    """,
    # The headache's goes with its record.
    supp={"AE": """
        id  seq  AEHOW
        1   1    STRESS
        2   1    DRUG
    """},
    survival=[{"paramcd": "OS", "label": "Overall survival", "analysis_set": "ITT", "event_records": {}}],
    study={"data_cutoff": "2024-02-29"},
    data={"accepted_checks": {f"{domain}-021": "the delivery is later than the cut-off"
                              for domain in ("AE", "DM", "DS", "EX", "QS", "SV")}},
)  # fmt: skip

# Day 60 is the cut-off. QS: the values of week 10 (day 71). AE: the headache is dropped; the ends of the rash and of
# the pneumonia, and that death, are not known. DS: the ends of 1 to 5 lie on days 71, 71, 71, 65, 71.
EXPECTED = Expected(
    results={
        "cutoff/ALL/QS/-/TOTAL/{RECORDS,DROPPED}/n": (14, 4),
        "cutoff/ALL/AE/-/TOTAL/{RECORDS,DROPPED,ENDS,DEATHS}/n": (3, 1, 2, 1),
        "cutoff/ALL/DS/-/TOTAL/{RECORDS,DROPPED}/n": (5, 5),
        "collected/ALL/SUPPAE/-/TOTAL/AEHOW/{records,n}": (1, 1),
        "ae.overview/SAF/USUBJID/-/TOTAL/EMERGENT/{n,events}": (2, 2),
        "ae.overview/SAF/USUBJID/-/TOTAL/FATAL/n": 0,
        "ae.deaths/SAF/DTHFL/-/TOTAL/ANY/n": 0,
        "eff.by_visit/ITT/SCORE/W10/TOTAL/CHG/n": ABSENT,
        "disposition/ITT/USUBJID/-/TOTAL/{ONGOING,COMPLETED}/n": (5, 0),
        "visits/SAF/STATUS/W10/TOTAL/{not yet due,missed}/n": (5, 0),
        "tte/ITT/OS/-/TOTAL/-/{events,censored}": (0, 5),
    },
    data={
        "ADSL": """
        id  TRTDURD  DTHFL  EOSSTT
        1   60       N      ONGOING
        4   60       N      ONGOING
        5   30       N      ONGOING
    """,
        "ADAE": """
        id  AESEQ  AENDT  AEOUT                       TRTEMFL
        2   1      .      NOT RECOVERED/NOT RESOLVED  Y
        4   1      .      NOT RECOVERED/NOT RESOLVED  Y
    """,
    },
    said=["cut-off"],
)  # fmt: skip
