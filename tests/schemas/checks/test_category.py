"""A record in the category of other tests is told; a category of its own, and a test in two categories, are not."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd
import pytest

from trial_report.schemas.checks.vocabulary import has_its_category
from trial_report.schemas.domains.tables import Domains, Source
from trial_report.schemas.study import StudyDefinition

pytestmark = pytest.mark.requirement("REQ-402")


@pytest.mark.parametrize(
    ("odd", "specimens", "told"),
    [
        (["HEMATOLOGY"], ["SERUM"], [0]),
        # As many as that are a rule of their own.
        (["HEMATOLOGY"] * 2, ["SERUM"] * 2, []),
        # The same test of another specimen is another one.
        (["URINALYSIS"], ["URINE"], []),
        # A category that no other test has.
        (["LOCAL"], ["SERUM"], []),
        # Another writing of one is none of its own.
        (["Chemistry"], ["SERUM"], [0]),
        ([""], ["SERUM"], []),
    ],
)
def test_category_of_other_tests(odd: list[str], specimens: list[str], told: list[int]) -> None:
    rows = [("GLUC", cat, spec) for cat, spec in zip(odd, specimens, strict=True)]
    rows += [("GLUC", "CHEMISTRY", "SERUM")] * 30 + [("HGB", "HEMATOLOGY", "BLOOD"), ("PH", "URINALYSIS", "URINE")] * 30
    frame = pd.DataFrame(rows, columns=["LBTESTCD", "LBCAT", "LBSPEC"]).replace("", None)
    frame["USUBJID"] = "S"
    size = len(frame)
    source = Source(
        ("lb.csv",), np.zeros(size, np.int32), np.arange(2, size + 2), tuple(frame.columns), np.zeros(size, bool)
    )
    found = has_its_category(Domains({"LB": frame}, {"LB": source}), cast(StudyDefinition, None))
    assert [row for one in found for row in np.flatnonzero(np.asarray(one.rows))] == told
