"""Sixty weekly visits: each value is at its own visit, and windows meet halfway."""

from tests.studies._build import study
from tests.studies._run import Expected

WEEKS = {"BL": 1} | {f"W{week}": 1 + 7 * week for week in range(1, 60)}

STUDY = study(
    groups={"A": 10},
    visits=WEEKS,
    subjects="""
        id
        1
        2
        3
    """,
    values={"SCORE": f"id  {'  '.join(WEEKS)}\n" + "\n".join(
        f"{subject}  {'  '.join(str(100 - week - subject) for week in range(60))}" for subject in (1, 2, 3)
    )},
    endpoints=[{"paramcd": "SCORE"}],
    study={"data_cutoff": "2025-12-31"},
)  # fmt: skip

# At week w everybody has fallen by w.
EXPECTED = Expected(
    results={
        "eff.by_visit/ITT/SCORE/{W1,W30,W59}/A/CHG/mean": (-1, -30, -59),
        "eff.by_visit/ITT/SCORE/{W1,W30,W59}/A/AVAL/mean": (97, 68, 39),
        "visits/SAF/STATUS/ALL/A/done/n": 180,
    },
)  # fmt: skip
