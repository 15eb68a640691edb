"""Times with UTC offsets are instants: half an hour after the dose is after it, whatever the clocks of places say."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    subjects="""
        id  day1
        1   2024-01-11
        2   2024-01-11
        3   2024-01-11
        4   2024-01-11
    """,
    doses="""
        id  start                   end
        1   2024-01-11T10:00+09:00  2024-02-08
        2   2024-01-11T10:00+09:00  2024-02-08
        3   2024-01-11T02:00+09:00  2024-02-08
        4   2024-01-11T10:00        2024-02-08
    """,
    events="""
        id  term      start                   end
        1   Headache  2024-01-11T01:30Z       2024-01-12
        2   Headache  2024-01-11T09:30+09:00  2024-01-12
        3   Headache  2024-01-10T19:00Z       2024-01-12
        4   Headache  2024-01-11T09:00Z       2024-01-12
    """,
)  # fmt: skip

# 1: dose 01:00Z, event 01:30Z: after. 2: event 00:30Z: before. 3: dose 17:00Z of the 10th, event 19:00Z of the 10th:
# after it, though its date is the day before. 4: only one of the two has an offset, so the times of that day do not
# compare, and an event on the day of first dose counts as emergent.
EXPECTED = Expected(
    results={"ae.overview/SAF/USUBJID/-/A/{EMERGENT,BEFORE}/events": (3, 1)},
    data={"ADAE": """
        id  AESEQ  TRTEMFL  PREFL
        1   1      Y        N
        2   1      N        Y
        3   1      Y        N
        4   1      Y        N
    """},
)  # fmt: skip
