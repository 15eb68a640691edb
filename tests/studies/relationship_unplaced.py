"""A relationship that the definition places neither among the related nor the unrelated: an error that names the
record.
"""

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
        id  term      start  end  AEREL
        1   Headache  3      4    DEFINITE
        2   Headache  3      4    POSSIBLE
        3   Headache  3      4    NOT RELATED
    """,
    adverse_events={"related": ["POSSIBLE", "PROBABLE"]},
)  # fmt: skip

EXPECTED = Expected(problems={"AE-064": 1}, told=["DEFINITE"])
