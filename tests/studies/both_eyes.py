"""Both eyes measured, each an endpoint of its own: laterality is no error where no one side is treated."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    subjects="""
        id
        1
        2
        3
        4
    """,
    values={"LOGMAR": """
        id  OELAT  OELOC  BL  W4
        1   RIGHT  EYE    50  55
        1   LEFT   EYE    40  41
        2   RIGHT  EYE    52  58
        2   LEFT   EYE    42  43
        3   RIGHT  EYE    54  61
        3   LEFT   EYE    44  46
        4   RIGHT  EYE    56  64
        4   LEFT   EYE    46  46
    """},
    endpoints=[
        {"paramcd": "RIGHT", "domain": "OE", "testcd": "LOGMAR", "label": "Letters, right eye",
         "where": {"OELAT": "RIGHT"}, "benefit": "increase"},
        {"paramcd": "LEFT", "domain": "OE", "testcd": "LOGMAR", "label": "Letters, left eye",
         "where": {"OELAT": "LEFT"}, "benefit": "increase"},
    ],
    change=lambda domains: [row.update(OETEST="Letters read", OEMETHOD="", OEDY="") for row in domains["OE"]],
)  # fmt: skip

# Right 5 6 7 8, left 1 1 2 0.
EXPECTED = Expected(
    results={
        "eff.by_visit/ITT/RIGHT/W4/A/CHG/{n,mean}": (4, 6.5),
        "eff.by_visit/ITT/LEFT/W4/A/CHG/{n,mean}": (4, 1),
    },
)  # fmt: skip
