"""Variables of the guide and of the general observation classes, from here and there: known, and no error."""

from tests.studies._build import study
from tests.studies._run import Expected

EVENT = ("AESINTV", "AEUNANT", "AERLPRT", "AERLPRC", "AEREFID", "AELAT", "AEDUR", "AEPRESP", "AETOX", "MIDS")
FINDING = ("LBTSTCND", "LBBDAGNT", "LBTSTOPO", "LBPTFL", "LBPDUR", "LBMETHOD", "LBANMETH", "LBTMTHSN", "LBCLSIG",
           "LBLLOQ", "LBRESSCL", "LBCOLSRT", "LBLNKID", "LBSTINT")  # fmt: skip


def wider(domains):
    """AE and LB with permissible variables of SDTMIG 3.4 and SDTM 2.0."""
    for domain, names in (("AE", EVENT), ("LB", FINDING)):
        for record in domains[domain]:
            record.update(dict.fromkeys(names, ""))


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
        2   25  35
    """},
    laboratory=[{"paramcd": "ALT"}],
    events="""
        id  term      start  end
        1   Headache  3      4
    """,
    change=wider,
)  # fmt: skip

EXPECTED = Expected(results={"lab.value/SAF/ALT/W4/A/-/mean": 32.5})
