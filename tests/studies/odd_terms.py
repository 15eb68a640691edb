"""Terms with signs that mean something elsewhere: | \\ / quotes < & $ and a formula stay as they are."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"PBO": 0, "A": 10},
    subjects="""
        id  arm
        1   PBO
        2   PBO
        3   A
        4   A
    """,
    events=r"""
        id  term             start  end  soc
        1   Rash|itching     3      4    Skin|subcutaneous
        2   Rash|itching     3      4    Skin|subcutaneous
        3   Rash             3      4    Skin
        3   \                5      6    Skin
        3   ache\|pain       5      6    Skin
        3   either/or        5      6    Skin
        4   "quoted", 'so'   5      6    Skin
        4   <b>bold</b> & $x$  5    6    Skin
        4   =1+1             5      6    Skin
    """,
    other={"CM": """
        id  CMTRT  CMDECOD              CMCLAS      CMSTDTC  CMENDTC
        1   mix    PARACETAMOL|CODEINE  ANALGESICS  3        9
    """},
)  # fmt: skip

# Levels escape each text: "\" is written "\\", "|" is written "\|"; the parts are joined by "|". A "/" inside a text is
# written as the division slash in a key.
EXPECTED = Expected(
    results={
        r"ae.soc_pt/SAF/AEDECOD/-/{PBO,A}/Skin\|subcutaneous/n": (2, 0),
        r"ae.soc_pt/SAF/AEDECOD/-/{PBO,A}/Skin\|subcutaneous|Rash\|itching/n": (2, 0),
        r"ae.soc_pt/SAF/AEDECOD/-/A/Skin|Rash/n": 1,
        r"ae.soc_pt/SAF/AEDECOD/-/A/Skin|\\/n": 1,
        r"ae.soc_pt/SAF/AEDECOD/-/A/Skin|ache\\\|pain/n": 1,
        r"ae.soc_pt/SAF/AEDECOD/-/A/Skin|either∕or/n": 1,
        r"ae.soc_pt/SAF/AEDECOD/-/A/Skin|=1+1/n": 1,
        r"cm.concomitant/SAF/CMDECOD/-/PBO/ANALGESICS|PARACETAMOL\|CODEINE/n": 1,
    },
    shown={
        "ae.soc_pt": [
            "Skin|subcutaneous | 2 (100.0) [2] | 0 | 2 (50.0) [2]",
            "Rash|itching | 2 (100.0) [2] | 0 | 2 (50.0) [2]",
            "\\ | 0 | 1 (50.0) [1] | 1 (25.0) [1]",
            "ache\\|pain | 0 | 1 (50.0) [1] | 1 (25.0) [1]",
            "either/or | 0 | 1 (50.0) [1] | 1 (25.0) [1]",
            "\"quoted\", 'so' | 0 | 1 (50.0) [1] | 1 (25.0) [1]",
            "<b>bold</b> & $x$ | 0 | 1 (50.0) [1] | 1 (25.0) [1]",
            "=1+1 | 0 | 1 (50.0) [1] | 1 (25.0) [1]",
        ],
        "cm.concomitant.table": ["PARACETAMOL|CODEINE | 1 (50.0) | 0 | 1 (25.0)"],
    },
)  # fmt: skip
