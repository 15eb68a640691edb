"""EX and DS not delivered: treatment is dated by DM, its amount and how participation ended are not known."""

from tests.studies._build import study
from tests.studies._run import ABSENT, Expected

STUDY = study(
    groups={"A": 10},
    subjects="""
        id  last
        1   29
        2   20
    """,
    values={"SCORE": """
        id  BL  W4
        1   50  40
        2   52  44
    """},
    endpoints=[{"paramcd": "SCORE"}],
    without=("EX", "DS"),
)  # fmt: skip

EXPECTED = Expected(
    problems={"FILE-018": 2},
    results={
        "sets/SAF/USUBJID/-/A/-/N": 2,
        "exposure/SAF/TRTDURD/-/A/-/mean": 24.5,
        "exposure/SAF/DOSEA/-/A/-/mean": ABSENT,
        "exposure/SAF/NADMIN/-/A/29/n": ABSENT,
        "disposition/ITT/USUBJID/-/A/{COMPLETED,ONGOING}/n": ABSENT,
    },
    data={"ADSL": """
        id  TRTSDT      TRTEDT      NADMIN  DOSEA  EOSSTT
        1   2024-01-01  2024-01-29  .       .      .
        2   2024-01-01  2024-01-20  .       .      .
    """},
    said=["not (collected|delivered)"],
)  # fmt: skip
