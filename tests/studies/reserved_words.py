"""Terms and categories that are called as results call their own rows: ANY, EVENTS, Missing, Not coded, TOTAL."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"PBO": 0, "A": 10},
    subjects="""
        id  arm  RACE
        1   PBO  .
        2   PBO  Missing
        3   A    WHITE
        4   A    WHITE
    """,
    characteristics=[{"variable": "RACE", "label": "Race", "kind": "categorical"}],
    events="""
        id  term       start  end  AEDECOD    soc
        1   anything   3      4    ANY        Missing
        2   occasions  3      4    EVENTS     ANY
        3   unknown    3      4    Not coded  ANY
        4   really     3      4    .          .
    """,
    data={"accepted_checks": dict.fromkeys(("AE-005", "DM-007"), "as collected")},
    change=lambda domains: [dm.update(RACE="" if dm["SUBJID"] == "1" else dm["RACE"]) for dm in domains["DM"]],
)  # fmt: skip

# A text that equals a reserved word is written with a leading "\" in a level. Two have no known race: one row Missing.
EXPECTED = Expected(
    results={
        "demographics/SAF/RACE/-/{PBO,A}/Missing/n": (2, 0),
        "demographics/SAF/RACE/-/{PBO,A}/WHITE/n": (0, 2),
        "ae.soc_pt/SAF/AEDECOD/-/{PBO,A,TOTAL}/ANY/n": (2, 2, 4),
        r"ae.soc_pt/SAF/AEDECOD/-/{PBO,A}/\ANY/n": (1, 1),
        r"ae.soc_pt/SAF/AEDECOD/-/{PBO,A}/\Missing|\ANY/n": (1, 0),
        r"ae.soc_pt/SAF/AEDECOD/-/{PBO,A}/\ANY|\EVENTS/n": (1, 0),
        r"ae.soc_pt/SAF/AEDECOD/-/{PBO,A}/\ANY|\Not coded/n": (0, 1),
        "ae.soc_pt/SAF/AEDECOD/-/{PBO,A}/Not coded|Not coded/n": (0, 1),
        r"ae.rate/SAF/AEDECOD/-/PBO/{ANY,\ANY,EVENTS,\EVENTS}/events": (2, 1, 2, 1),
    },
)  # fmt: skip
