"""Both eyes measured, at once or minutes apart, and neither named: the value is the mean of the two, none where one
lacks, and an arm at one visit with the other arm at the next are ordinary values.
"""

from tests.studies._build import study
from tests.studies._run import Expected


def eyes(domains: dict[str, list[dict[str, str]]]) -> None:
    """The left eye of the first two subjects was read five minutes after the right one."""
    for row in domains["OE"]:
        row.update(OETEST="Letters read", OEMETHOD="", OEDY="")
        if row["USUBJID"][-1] in "12":
            row["OEDTC"] += {"RIGHT": "T09:00", "LEFT": "T09:05"}[row["OELAT"]]


STUDY = study(
    groups={"A": 10},
    subjects="""
        id
        1
        2
        3
        4
        5
    """,
    visits={"BL": 1, "W2": 15, "W4": 29},
    values={"LETTERS": """
        id  OELAT  OELOC  BL  W2  W4
        1   RIGHT  EYE    50  52  55
        1   LEFT   EYE    40  40  41
        2   RIGHT  EYE    52  54  58
        2   LEFT   EYE    42  42  43
        3   RIGHT  EYE    54  56  .
        3   LEFT   EYE    44  45  46
        4   RIGHT  EYE    56  60  64
        4   LEFT   EYE    46  46  46
        5   RIGHT  EYE    60  63  66
    """, "SYSBP": """
        id  VSLAT  VSLOC  BL   W2   W4
        1   LEFT   ARM    150  .    .
        1   RIGHT  ARM    .    145  .
        1   LEFT   ARM    .    .    140
        2   RIGHT  ARM    160  .    .
        2   LEFT   ARM    .    150  .
        2   RIGHT  ARM    .    .    144
    """},
    endpoints=[{"paramcd": "LETTERS", "domain": "OE", "label": "Letters read", "benefit": "increase",
                "missing": ["locf"]}],
    vital_signs=[{"paramcd": "SYSBP", "label": "Systolic pressure"}],
    characteristics=[{"variable": "LETTERBL", "label": "Letters at baseline", "kind": "continuous", "source": "finding",
                      "domain": "OE", "testcd": "LETTERS"}],
    change=eyes,
)  # fmt: skip

# Baselines 45, 47, 49, 51 and of the one eye 60; week 2 46, 48, 50.5, 53, 63; week 4 48, 50.5, none, 55, 66. Changes at
# week 4 3, 3.5, none, 4, 6; carried to week 4 1.5. Pressure: -5 and -10, then -10 and -16.
EXPECTED = Expected(
    results={
        "eff.by_visit/ITT/LETTERS/BL/A/AVAL/{n,mean,min,max}": (5, 50.4, 45, 60),
        "eff.by_visit/ITT/LETTERS/W2/A/AVAL/{n,mean,min,max}": (5, 52.1, 46, 63),
        "eff.by_visit/ITT/LETTERS/W2/A/CHG/{n,mean}": (5, (1 + 1 + 1.5 + 2 + 3) / 5),
        "eff.by_visit/ITT/LETTERS/W4/A/AVAL/{n,mean,min,max}": (4, 54.875, 48, 66),
        "eff.by_visit/ITT/LETTERS/W4/A/CHG/{n,mean,min,max}": (4, 4.125, 3, 6),
        "eff.missing/ITT/LETTERS/W4/TOTAL/locf/{n,imputed,estimate}": (5, 1, 3.6),
        "demographics/ITT/LETTERBL/-/A/-/{n,mean,min,max}": (5, 50.4, 45, 60),
        "vs.value/SAF/SYSBP/{BL,W2,W4}/A/-/{n,mean}": (2, 155, 2, 147.5, 2, 142),
        "vs.change/SAF/SYSBP/{W2,W4}/A/-/mean": (-7.5, -13),
    },
    data={"ADBDS": """
        id  PARAMCD  AVISIT  AVAL  AVALC  BASE  CHG  DTYPE
        1   LETTERS  BL      45    45     45    .    AVERAGE
        1   LETTERS  W4      48    48     45    3    AVERAGE
        2   LETTERS  W4      50.5  50.5   47    3.5  AVERAGE
        3   LETTERS  W2      50.5  50.5   49    1.5  AVERAGE
        5   LETTERS  W4      66    66     60    6    .
        1   SYSBP    W2      145   145    150   -5   .
    """},
    problems={"PL-006": 1},
    told=["LEFT, RIGHT.*averaged, and values of moments with fewer sides than the subject's fullest .1. do not"],
    said=["Letters read: measured on several sides", "Values of several sides at one moment are averaged"],
    unsaid=["Systolic pressure: measured on several sides"],
)  # fmt: skip
