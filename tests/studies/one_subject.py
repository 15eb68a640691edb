"""One subject: counts and values are shown; nothing is estimated, tested or averaged over one value beyond itself."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    subjects="""
        id
        1
    """,
    values={"SCORE": """
        id  BL  W4
        1   50  40
    """, "ALT": """
        id  BL  W4
        1   30  60
    """},
    endpoints=[{"paramcd": "SCORE"}],
    laboratory=[{"paramcd": "ALT"}],
    events="""
        id  term      start  end
        1   Headache  3      4
    """,
)  # fmt: skip

EXPECTED = Expected(
    results={
        "sets/SAF/USUBJID/-/TOTAL/-/N": 1,
        "ae.soc_pt/SAF/AEDECOD/-/A/ANY/{n,pct}": (1, 100),
        "eff.by_visit/ITT/SCORE/W4/A/CHG/{n,mean,sd,ci_low}": (1, -10, None, None),
        "eff.test/ITT/SCORE/W4/A/paired_t/{n,ci_low,p}": (1, None, None),
        "lab.shift/SAF/ALT/-/A/NORMAL|HIGH/n": 1,
    },
)  # fmt: skip
