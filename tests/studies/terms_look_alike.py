"""Two spellings of one term, and one with a Cyrillic letter that looks Latin: told, and counted as they are written."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    subjects="""
        id
        1
        2
        3
    """,
    events="""
        id  term      start  end
        1   Headache  3      4
        2   HEADACHE  3      4
        3   Rash      3      4
        1   R\N{CYRILLIC SMALL LETTER A}sh  5  6
    """,
)  # fmt: skip

EXPECTED = Expected(
    problems={"AE-048": None},
    results={"ae.soc_pt/SAF/AEDECOD/-/A/General disorders|{Headache,HEADACHE,Rash}/n": (1, 1, 1)},
)  # fmt: skip
