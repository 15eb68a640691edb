"""Invented variables in DM: each is refused by name."""

from tests.studies._build import study
from tests.studies._run import Expected

NAMES = ("RFCSTDTX", "DMXFN", "DTHCAUS", "RACEOTH", "ETHNICO")

STUDY = study(
    groups={"A": 10},
    subjects="""
        id
        1
        2
    """,
    change=lambda domains: [dm.update(dict.fromkeys(NAMES, "")) for dm in domains["DM"]],
)  # fmt: skip

EXPECTED = Expected(problems={"DM-003": len(NAMES)}, told=list(NAMES))
