"""Data in another format beside the chosen one: each file that is not read is told, never skipped in silence."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    subjects="""
        id
        1
        2
    """,
    files={"mh.json": '{"datasetJSONVersion": "1.1.0", "rows": []}', "cm.txt": "STUDYID\n", "lb.xlsx": "PK",
           "notes.md": "What was delivered.\n"},
)  # fmt: skip

# The notes are no data: their name is no domain's.
EXPECTED = Expected(problems={"FILE-013": 3}, told=["mh.json", "cm.txt", "lb.xlsx"])
