"""Deaths that are no adverse events: of progression, which the protocol does not collect as one, and of a screen
failure.
"""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    visits={"BL": 1, "W4": 29, "W8": 57},
    subjects="""
        id  arm  last  death
        1   A    29    50
        2   A    57    .
        3   A    57    .
        4   .    .     -2
    """,
    other={"DD": """
        id  DDTESTCD  DDTEST                  DDORRES               DDSTRESC              DDDTC
        1   PRCDTH    Primary Cause of Death  DISEASE PROGRESSION   DISEASE PROGRESSION   50
    """},
    survival=[{"paramcd": "OS", "label": "Overall survival", "analysis_set": "ITT", "event_records": {}}],
)  # fmt: skip

EXPECTED = Expected(
    results={
        "ae.deaths/SAF/DTHFL/-/A/ANY/{n,pct}": (1, 100 / 3),
        "ae.overview/SAF/USUBJID/-/A/{EMERGENT,FATAL}/n": (0, 0),
        "disposition/ITT/DCSREAS/-/A/DEATH/n": 1,
        "disposition/ALL/USUBJID/-/TOTAL/SCREEN FAILURE/n": 1,
        "tte/ITT/OS/-/A/-/{n,events}": (3, 1),
    },
)  # fmt: skip
