"""The faults that a derivation can find, at the record that they rest on.

Not here: what a fault means and how severe it is (`schemas.checks.derivation`).
"""

from __future__ import annotations

import pandas as pd

from trial_report.schemas.checks.derivation import (
    DLT_OUTSIDE,
    NO_CHARACTERISTIC,
    NO_COLUMN,
    NO_GROUP,
    NO_MEAN,
    NO_REASON,
    NO_START,
    TWO_BASELINES,
    UNKNOWN_GROUP,
)
from trial_report.schemas.checks.registry import Check
from trial_report.schemas.problems import Problem

__all__ = [
    "DLT_OUTSIDE", "NO_CHARACTERISTIC", "NO_COLUMN", "NO_GROUP", "NO_MEAN", "NO_REASON",
    "NO_START", "TWO_BASELINES", "UNKNOWN_GROUP", "fault",
]  # fmt: skip


def fault(check: Check, domain: str, row: pd.Series, **fields: str) -> Problem:
    """A problem of a check at a row that has USUBJID and SRCLINE; `fields` are further fields of `Problem`."""
    line = row["SRCLINE"]
    return check.problem(domain, subject=row["USUBJID"], line=None if pd.isna(line) else int(line), **fields)
