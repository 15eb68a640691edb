"""Blood pressure sitting and standing at one moment, and no `where` that chooses: an error, and no pick."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    subjects="""
        id
        1
        2
    """,
    values={"SYSBP": """
        id  visit  day  value  VSPOS
        1   BL     1    150    SITTING
        1   BL     1    140    STANDING
        1   W4     29   130    SITTING
        2   BL     1    150    SITTING
        2   W4     29   130    SITTING
    """},
    vital_signs=[{"paramcd": "SYSBP"}],
)  # fmt: skip

EXPECTED = Expected(problems={"DERIVE-005": 1, "PL-006": 1}, told=["150 and 140|140 and 150"])
