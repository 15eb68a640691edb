"""Fourteen arms of two: every group has its column, in the order of the definition."""

from tests.studies._build import study
from tests.studies._run import Expected

ARMS = {f"D{dose}": dose for dose in range(10, 150, 10)}
PEOPLE = [(place, arm) for place, arm in enumerate([*ARMS, *ARMS], 1)]

STUDY = study(
    groups=ARMS,
    subjects="id  arm\n" + "\n".join(f"{number}  {arm}" for number, arm in PEOPLE),
    values={"ALT": "id  BL  W4\n" + "\n".join(f"{number}  {6 + number}  {20 + number}" for number, _ in PEOPLE)},
    laboratory=[{"paramcd": "ALT"}],
    events="""
        id  term      start  end
        14  Headache  3      4
        28  Headache  3      4
    """,
)  # fmt: skip

# D140 has the subjects 14 and 28, with 34 and 48; D10 has 1 and 15, with 21 and 35.
EXPECTED = Expected(
    results={
        "sets/SAF/USUBJID/-/{D10,D140,TOTAL}/-/N": (2, 2, 28),
        "ae.soc_pt/SAF/AEDECOD/-/{D10,D130,D140,TOTAL}/ANY/n": (0, 0, 2, 2),
        "ae.soc_pt/SAF/AEDECOD/-/{D140,TOTAL}/ANY/pct": (100, 200 / 28),
        "lab.value/SAF/ALT/W4/{D10,D140}/-/mean": (28, 41),
        "exposure/SAF/DOSEA/-/{D10,D140}/-/mean": (290, 140 * 29),
    },
    shown={"ae.soc_pt": ["Any treatment-emergent adverse event" + " | 0" * 13 + " | 2 (100.0) [2] | 2 (7.1) [2]"]},
)  # fmt: skip
