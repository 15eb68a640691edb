"""Invented variables: each is refused by name. AETRTEM is a qualifier for SUPPAE, LBRSLSCL is called LBRESSCL."""

from tests.studies._build import study
from tests.studies._run import Expected

NAMES = {
    "DM": ("RFCSTDTX", "DMXFN", "DTHCAUS", "RACEOTH", "ETHNICO"),
    "AE": ("AETRTEM",),
    "LB": ("LBRSLSCL",),
}

STUDY = study(
    groups={"A": 10},
    subjects="""
        id
        1
        2
    """,
    values={"ALT": """
        id  BL  W4
        1   20  30
    """},
    laboratory=[{"paramcd": "ALT"}],
    events="""
        id  term      start  end
        1   Headache  3      4
    """,
    change=lambda domains: [
        record.update(dict.fromkeys(names, "")) for domain, names in NAMES.items() for record in domains[domain]
    ],
)  # fmt: skip

EXPECTED = Expected(
    problems={f"{domain}-003": len(names) for domain, names in NAMES.items()},
    told=[name for names in NAMES.values() for name in names],
)
