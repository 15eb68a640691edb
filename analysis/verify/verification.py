"""Runs the second road and compares: what agrees, what does not, what could not be computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from analysis.verify import efficacy, escalation, incidence, missing, safety, subjects, survival
from analysis.verify.claims import claims
from analysis.verify.compare import FAILED, MATCHED, compare, summary
from analysis.verify.road import Road, Verifier

MODULES = (subjects, safety, efficacy, missing, escalation, survival, incidence)
VERIFIERS: tuple[Verifier, ...] = tuple(verifier for module in MODULES for verifier in module.VERIFIERS)

BROKEN = (duckdb.Error, ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
"""What a computation can fail with. It is recorded as a failure of that verifier; anything else stops the run."""


@dataclass(frozen=True)
class Verification:
    """`analyses`: a row an analysis with the number of rows in each state; `details`: a row a key (`compare`)."""

    analyses: pd.DataFrame
    details: pd.DataFrame

    @property
    def complete(self) -> bool:
        """Whether there are results, and every one of them was recomputed and agrees."""
        return len(self.details) > 0 and bool((self.details["state"] == MATCHED).all())


def verify(folder: Path, results: pd.DataFrame, domains: Mapping[str, pd.DataFrame] | None = None) -> pd.DataFrame:
    """A row an analysis: matched, differs, only here (not recomputed), only there (not in the results), failed, rows.

    `folder` is the study's, `results` the results frame, `domains` the SDTM domains as read (else the files are
    read again). Raises StudyProblems when the definition cannot be read.
    """
    return verify_in_detail(folder, results, domains).analyses


def verify_in_detail(
    folder: Path, results: pd.DataFrame, domains: Mapping[str, pd.DataFrame] | None = None
) -> Verification:
    """As `verify`, with the row of every key."""
    broken: list[dict[str, str]] = []
    road = Road(folder, domains)
    for verifier in VERIFIERS:
        try:
            verifier(road)
        except BROKEN as error:
            broken.append(_failure(f"{verifier.__module__.rsplit('.', 1)[-1]}.{verifier.__name__}", error))
    found = road.results()
    try:
        road.add(claims(road.study, found, results))
    except BROKEN as error:
        broken.append(_failure("claims", error))
    details = compare(results, road.results())
    if broken:
        details = pd.concat([details, pd.DataFrame(broken)], ignore_index=True)
    return Verification(summary(details), details)


def _failure(name: str, error: BaseException) -> dict[str, str]:
    """A computation that failed, as a row of the details."""
    first = next(iter(str(error).splitlines()), "")
    return {"analysis": name, "key": name, "state": FAILED, "reason": f"{type(error).__name__}: {first}"}
