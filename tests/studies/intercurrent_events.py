"""Intercurrent events of an estimand: rescue medicine counted before its visit, a death, and one nobody can know of."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10, "B": 20},
    subjects="""
        id  arm  death  end  last  reason
        1   A    .      57   57    COMPLETED
        2   A    .      57   57    COMPLETED
        3   B    40     40   30    DEATH
        4   B    .      57   57    COMPLETED
    """,
    visits={"BL": 1, "W4": 29, "W8": 57},
    values={"PAIN": """
        id  BL  W4  W8
        1   50  40  30
        2   52  41  33
        3   54  42  .
        4   56  43  34
    """},
    events="""
        id  term   start  end  grade  serious  out
        3   Death  40     40   5      Y        FATAL
    """,
    other={"CM": """
        id  CMTRT      CMDECOD    CMSTDTC
        1   Morphine   MORPHINE   -3
        2   Morphine   MORPHINE   29
        4   Morphine   MORPHINE   10
        4   Morphine   MORPHINE   35
    """},
    endpoints=[{"paramcd": "PAIN", "label": "Pain"}],
    intercurrent_events=[
        {"id": "RESCUE", "label": "Rescue medication", "strategy": "treatment policy",
         "records": {"CM": {"CMDECOD": "MORPHINE"}}},
        {"id": "DEATH", "label": "Death", "strategy": "while on treatment", "death": True},
        {"id": "SURGERY", "label": "Surgery", "strategy": "composite"},
    ],
)  # fmt: skip

# What began before the first dose is none; on the day of a visit it is before the next one; the first counts.
EXPECTED = Expected(
    results={
        "ice/ITT/RESCUE/-/{A,B}/-/n": (1, 1),
        "ice/ITT/RESCUE/W4/{A,B}/-/n": (0, 1),
        "ice/ITT/RESCUE/W8/{A,B}/-/{n,pct}": (1, 50, 0, 0),
        "ice/ITT/DEATH/-/B/NO VISIT/n": 1,
        "ice/ITT/DEATH/-/{A,B}/-/n": (0, 1),
    },
    said=["Not known, as the data do not tell: surgery"],
    shown={"ice": ["Surgery | composite | not known | not known | not known",
                   "between W4 and W8 |  | 1 (50.0) | 0 | 1 (25.0)"]},
)  # fmt: skip
