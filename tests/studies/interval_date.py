"""An ISO 8601 interval as the start of an event (SDTMIG 3.4, 4.4.2) is a partial date: somewhere from a to b."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    subjects="""
        id  day1
        1   2024-01-05
        2   2024-01-05
    """,
    events="""
        id  term      start                  end
        1   Headache  2024-01-03/2024-01-07  .
        2   Headache  2024-01-08/2024-01-09  2024-01-12
    """,
)  # fmt: skip

# 1: first dose lies in the interval, so the start is put there; 2: its first day.
EXPECTED = Expected(
    results={"ae.overview/SAF/USUBJID/-/A/EMERGENT/n": 2},
    data={"ADAE": """
        id  AESEQ  ASTDT       ASTDTF  ASTDY  TRTEMFL
        1   1      2024-01-05  D       1      Y
        2   1      2024-01-08  D       4      Y
    """},
)  # fmt: skip
