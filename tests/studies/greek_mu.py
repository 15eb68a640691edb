"""A unit with the Greek mu in the definition and the micro sign in the data: the problem names the code points."""

from tests.studies._build import study
from tests.studies._run import Expected

GREEK, MICRO = "\N{GREEK SMALL LETTER MU}mol/L", "\N{MICRO SIGN}mol/L"

STUDY = study(
    groups={"A": 10},
    subjects="""
        id
        1
        2
    """,
    values={"CREAT": """
        id  BL  W4
        1   20  30
        2   25  35
    """},
    laboratory=[{"paramcd": "CREAT", "unit": GREEK}],
    change=lambda domains: [row.update(LBORRESU=MICRO, LBSTRESU=MICRO) for row in domains["LB"]],
)  # fmt: skip

EXPECTED = Expected(problems={"LB-046": None}, told=["U\\+03BC", "U\\+00B5"])
