"""Laboratory grades by multiples of the upper limit, their shift from baseline, and one patient who meets Hy's law."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    visits={"BL": 1, "W2": 15, "W4": 29},
    subjects="""
        id
        1
        2
        3
        4
    """,
    values={
        "ALT": """
        id  BL  W2   W4
        1   30  40   41
        2   30  120  121
        3   50  201  60
        4   30  801  30
    """,
        "BILI": """
        id  BL  W2  W4
        1   20  20  20
        2   20  20  20
        3   20  60  20
        4   20  81  20
    """,
        "ALP": """
        id  BL  W2  W4
        1   30  30  30
        2   30  30  30
        3   30  30  30
        4   30  35  30
    """,
    },
    laboratory=[
        {"paramcd": "ALT", "ctcae": "high", "ctcae_multiples_high": [1, 3, 5, 20], "hy": "alt"},
        {"paramcd": "BILI", "hy": "bilirubin"},
        {"paramcd": "ALP", "hy": "alp"},
    ],
)  # fmt: skip

# The upper limit is 40: grade 1 above 40, 2 above 120, 3 above 200, 4 above 800. Worst grades 1, 2, 3, 4; baselines
# 0, 0, 1, 0. Above 3 x 40 = 120: subjects 2 (121), 3 and 4; bilirubin above 80: subject 4, on the same day.
EXPECTED = Expected(
    results={
        "lab.grade/SAF/ALT/-/A/{0|1,0|2,1|3,0|4,0|0}/n": (1, 1, 1, 1, 0),
        "lab.hy/SAF/HY/-/A/{TRANSAMINASE,BILIRUBIN,BOTH}/n": (3, 1, 1),
        "lab.shift/SAF/ALT/-/A/{NORMAL|HIGH,HIGH|HIGH}/n": (3, 1),
    },
)  # fmt: skip
