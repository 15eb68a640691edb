"""Assessments not done, with a reason and often without a date: counted at their visit, if nothing was measured."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10, "B": 20},
    subjects="""
        id  arm
        1   A
        2   A
        3   B
        4   B
        5   A
        6   A
    """,
    values={"WALK": """
        id  visit  value  FTSTAT    FTREASND        FTDTC
        1   BL     50     .         .               2024-01-01
        1   W4     55     .         .               2024-01-29
        2   BL     52     .         .               2024-01-01
        2   W4     .      NOT DONE  UNABLE TO WALK  .
        3   BL     54     .         .               2024-01-01
        3   W4     .      NOT DONE  UNABLE TO WALK  2024-01-30
        4   BL     56     .         .               2024-01-01
        4   W4     .      NOT DONE  UNABLE TO WALK  2024-01-28
        4   W4     60     .         .               2024-01-30
        5   BL     57     .         .               2024-01-01
        6   W4     58     .         .               2024-01-29
    """},
    endpoints=[
        {"paramcd": "WALK", "domain": "FT", "testcd": "WALK", "label": "Distance walked", "benefit": "increase"},
    ],
)  # fmt: skip

# Subject 4 was measured two days later after all; 5 was there and not measured, and 6 has no baseline: no reason is
# recorded of either.
EXPECTED = Expected(
    problems={"MI-001": 1, "MI-005": 1},
    results={
        "eff.not_done/ITT/WALK/W4/A/UNABLE TO WALK/n": 1,
        "eff.not_done/ITT/WALK/W4/B/UNABLE TO WALK/n": 1,
        "eff.not_done/ITT/WALK/W4/A/no reason recorded/n": 1,
        "eff.by_visit/ITT/WALK/W4/B/CHG/n": 1,
    },
)  # fmt: skip
