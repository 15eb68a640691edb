"""Who reached a named visit, and why the others did not, the reason taken from the reported term."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"PBO": 0, "A": 10},
    visits={"BL": 1, "W4": 29, "W8": 57},
    subjects="""
        id  arm  last  end  reason
        1   PBO  57    57   COMPLETED
        2   PBO  57    57   COMPLETED
        3   PBO  20    20   LACK OF EFFICACY
        4   A    57    57   COMPLETED
        5   A    35    35   ADVERSE EVENT
        6   A    10    10   ADVERSE EVENT
    """,
    disposition={
        "reason": "DSTERM",
        "milestones": [{"id": "W4", "label": "Week 4", "visit": "W4"}],
        "tests": True,
    },
    change=lambda domains: [
        ds.update(DSTERM={"LACK OF EFFICACY": "NO BETTER", "ADVERSE EVENT": f"ADVERSE EVENT {n}"}[ds["DSDECOD"]])
        for n, ds in enumerate(domains["DS"]) if ds["DSDECOD"] != "COMPLETED"
    ],
)  # fmt: skip

# Week 4 took place in 1, 2, 4 and 5; 3 and 6 left before it. Fisher: 2/3 against 2/3: p = 1.
EXPECTED = Expected(
    results={
        "disposition.milestone/ITT/USUBJID/W4/{PBO,A}/-/N": (3, 3),
        "disposition.milestone/ITT/USUBJID/W4/{PBO,A}/{COMPLETED,DISCONTINUED,OTHER}/n": (2, 1, 0, 2, 1, 0),
        "disposition.milestone/ITT/DCSREAS/W4/PBO/NO BETTER/{n,pct}": (1, 100 / 3),
        "disposition.milestone/ITT/DCSREAS/W4/A/ADVERSE EVENT 5/n": 1,
        "disposition.milestone.test/ITT/USUBJID/W4/TOTAL/COMPLETED/p": 1,
        "disposition/ITT/DCSREAS/-/A/{ADVERSE EVENT 4,ADVERSE EVENT 5}/n": (1, 1),
        "disposition/ITT/USUBJID/-/{PBO,A}/{COMPLETED,DISCONTINUED}/n": (2, 1, 1, 2),
    },
)  # fmt: skip
