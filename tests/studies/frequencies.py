"""Dosing frequencies of the CDISC code list FREQ (C71113): administrations in 28 days, rounded up by record."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": {"unit": "mg"}},
    subjects="""
        id
        1
        2
        3
        4
        5
        6
        7
        8
        9
        10
        11
        12
        13
    """,
    doses="""
        id  start  end  dose  freq
        1   1      28   10    QD
        2   1      28   10    Q12H
        3   1      28   10    TID
        4   1      28   10    Q6H
        5   1      28   10    QOD
        6   1      28   10    3 TIMES PER WEEK
        7   1      28   10    EVERY 3 WEEKS
        8   1      28   10    QM
        9   1      28   10    QAM
        10  1      28   10    Q24H
        11  1      1    10    ONCE
        12  1      28   10    PRN
        13  1      1    10    PRN
    """,
)  # fmt: skip

# admiral's dose_freq_lookup: doses a day 1, 2, 3, 4, 1/2, 3/7, 1/21, 1/30.4375, 1, 1.
# 28/21 = 1.33 is two infusions, 28/30.4 one. As needed: unknown over 28 days, one where the record is of one day.
EXPECTED = Expected(
    problems={"EX-058": 1},
    results={"exposure/SAF/DOSEA/-/A/-/{n,missing}": (12, 1)},
    data={"ADSL": """
        id  NADMIN  DOSEA  TRTDURD
        1   28      280    28
        2   56      560    28
        3   84      840    28
        4   112     1120   28
        5   14      140    28
        6   12      120    28
        7   2       20     28
        8   1       10     28
        9   28      280    28
        10  28      280    28
        11  1       10     1
        12  .       .      28
        13  1       10     1
    """},
)  # fmt: skip
