"""On the day of the cut-off itself things still count; the day after nothing does; an unknown day of that month may."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    visits={"BL": 1, "W4": 29},
    subjects="""
        id  reason   last
        1   ONGOING  29
        2   ONGOING  29
        3   ONGOING  29
    """,
    values={"SCORE": """
        id  visit  day  value
        1   BL     1    50
        1   W4     29   40
        2   BL     1    50
        2   W4     30   41
        3   BL     1    50
        3   W4     28   42
    """},
    endpoints=[{"paramcd": "SCORE"}],
    events="""
        id  term      start    end
        1   Headache  29       30
        2   Nausea    30       31
        3   Rash      2024-01  2024-02
    """,
    study={"data_cutoff": "2024-01-29"},
    data={"accepted_checks": {f"{domain}-021": "the delivery is later than the cut-off"
                              for domain in ("AE", "DM", "DS", "EX", "QS", "SV")}},
)  # fmt: skip

# Day 29 is the cut-off. The rash may have begun in time: it is kept; its end in February lies after it.
EXPECTED = Expected(
    problems={"X-006": 3},  # still in the study
    results={
        "eff.by_visit/ITT/SCORE/W4/A/CHG/{n,mean}": (2, -9),
        "ae.overview/SAF/USUBJID/-/A/EMERGENT/{n,events}": (2, 2),
        "cutoff/ALL/AE/-/TOTAL/{RECORDS,DROPPED,ENDS}/n": (3, 1, 2),
        "cutoff/ALL/QS/-/TOTAL/{RECORDS,DROPPED}/n": (6, 1),
    },
    data={"ADAE": """
        id  AESEQ  ASTDT       AENDT  TRTEMFL
        1   1      2024-01-29  .      Y
        3   1      2024-01-01  .      Y
    """},
)  # fmt: skip
