"""The faults that a derivation can find, with what they mean and what to do about them."""

from __future__ import annotations

import pandas as pd

from schemas.checks.registry import Check, declare
from schemas.problems import Problem

UNKNOWN_GROUP = declare(
    "DERIVE-002",
    "error",
    "treatment code that the study definition does not have",
    "Correct the code, or name the group under treatment.groups.",
    acceptable=False,
)
NO_GROUP = declare(
    "DERIVE-003",
    "error",
    "treated, but in no treatment group",
    "Give the subject the code of the group received.",
    acceptable=False,
)
DLT_OUTSIDE = declare(
    "DERIVE-004",
    "warning",
    "an event flagged as dose-limiting does not start in the DLT window, and is not counted as one",
    "Look at its start, its flag and the length of the window.",
)
TWO_BASELINES = declare(
    "DERIVE-005",
    "error",
    "two different values are both the last before first dose, so that the baseline is not defined",
    "Give the time of each, or choose one by `where` in the parameter's definition.",
    acceptable=False,
)
NO_CHARACTERISTIC = declare(
    "DERIVE-006",
    "warning",
    "a baseline characteristic is neither in DM nor in SUPPDM; it is missing for every subject",
    "Correct the variable under characteristics, or deliver it.",
)


def fault(check: Check, domain: str, row: pd.Series, **fields: str) -> Problem:
    """A problem of a check at a row that has USUBJID and SRCLINE; `fields` are further fields of `Problem`."""
    line = row["SRCLINE"]
    return check.problem(domain, subject=row["USUBJID"], line=None if pd.isna(line) else int(line), **fields)
