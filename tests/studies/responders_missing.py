"""Responders where values are missing: of those in whom it is known, and of all, the missing as non-responders."""

from tests.studies._build import study
from tests.studies._run import Expected

STUDY = study(
    groups={"A": 10},
    subjects="id  arm\n1  A\n2  A\n3  A\n4  A",
    values={"PAIN": """
        id  BL  W4
        1   50  20
        2   50  45
        3   50  .
        4   .   20
    """},
    endpoints=[
        {"paramcd": "PAIN", "label": "Pain",
         "responder": {"label": "Half of the pain or less", "measure": "percent_change", "operator": "<=",
                       "threshold": -50, "missing_is_non_responder": True}},
    ],
)  # fmt: skip

# One of two known; one of all four, the one without a value and the one without a baseline not responding.
# R: binom.test(1, 2)$conf.int 0.01257912 0.98742088; binom.test(1, 4) 0.006309463 0.8058796.
EXPECTED = Expected(
    results={
        "eff.responder/ITT/PAIN/W4/A/-/{n,with_value,pct_low,pct_high}": (1, 2, 1.257912, 98.742088),
        "eff.responder/ITT/PAIN/W4/A/ALL OF SET/{n,N,pct,pct_low,pct_high}": (1, 4, 25, 0.6309463, 80.58796),
    },
    problems={"MI-001": 1},
    said=["1 of 2 patients \\(50.0%; 1.3% to 98.7%\\)", "With missing values counted as non-response: 1 of 4",
          "without a value there, or without a baseline where one is needed, counts as not responding"],
    shown={"eff.responders": ["Responders of all, n (%) | 1 (25.0) | 1 (25.0)"]},
)  # fmt: skip
