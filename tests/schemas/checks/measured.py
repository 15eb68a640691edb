"""A Findings domain in a few lines: what a check says of it, as (row, value, expected)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tests.conftest import STUDY
from trial_report.schemas.checks import check_all
from trial_report.schemas.domains.tables import Domains, Source
from trial_report.schemas.study import StudyDefinition

_NUMBERS = ("STRESN", "STNRLO", "STNRHI", "TPTNUM", "REPNUM", "AGE")


def table(name: str, **columns: Any) -> tuple[pd.DataFrame, Source]:
    """A domain's frame and source; a text or number that is given once stands in every row, None is missing."""
    size = max(len(values) for values in columns.values() if isinstance(values, list))
    frame = pd.DataFrame({key: value if isinstance(value, list) else [value] * size for key, value in columns.items()})
    for column in frame:
        is_number = str(column).removeprefix(name) in (*_NUMBERS, "VISITNUM")
        frame[column] = frame[column].astype("float64" if is_number else "str")
        if not is_number:
            frame[column] = frame[column].mask(frame[column] == "None")
    frame = frame.reset_index(drop=True)
    broken = np.zeros(size, dtype=bool)
    return frame, Source((f"{name}.csv",), np.zeros(size, np.int32), np.arange(size), tuple(frame), broken)


def told(check: str, name: str = "LB", dm: dict[str, Any] | None = None, **columns: Any) -> list[tuple[Any, str, str]]:
    """What a check says of a domain, with DM beside it where that is given; columns without the domain's prefix."""
    known = ("USUBJID", "VISITNUM")
    tables = {name: table(name, **{key if key in known else name + key: value for key, value in columns.items()})}
    if dm:
        tables["DM"] = table("DM", **dm)
    domains = Domains({key: one[0] for key, one in tables.items()}, {key: one[1] for key, one in tables.items()})
    definition = StudyDefinition.model_validate(STUDY)
    found = check_all(domains, definition, only={check})
    assert not [one for one in found if one.check == "CHECK-001"], found.summary()
    id = check.replace("--", f"{name}-", 1)
    return [(one.line, one.value, one.expected) for one in found if one.check == id]
