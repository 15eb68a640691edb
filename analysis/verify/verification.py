"""Runs the second road and compares: what agrees, what does not, what could not be computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from analysis.verify import (
    categories,
    efficacy,
    escalation,
    incidence,
    missing,
    repeated,
    safety,
    shifts,
    subjects,
    survival,
)
from analysis.verify.claims import claims
from analysis.verify.compare import FAILED, MATCHED, compare, summary
from analysis.verify.road import Road, Verifier, keyed
from schemas.study import StudyDefinition, load_study

MODULES = (subjects, safety, shifts, efficacy, categories, repeated, missing, escalation, survival, incidence)
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


@dataclass(frozen=True)
class Recomputed:
    """What the second road found of itself: `found` as `Road.results` gives it, `failures` a row a computation."""

    found: pd.DataFrame
    failures: pd.DataFrame


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
    return compared(load_study(folder), recompute(folder, domains), results)


def recompute(folder: Path, domains: Mapping[str, pd.DataFrame] | None = None) -> Recomputed:
    """All that the second road computes, which it does without the results of the first."""
    failures: list[dict[str, str]] = []
    road = Road(folder, domains)
    for verifier in VERIFIERS:
        try:
            verifier(road)
        except BROKEN as error:
            name = f"{verifier.__module__.rsplit('.', 1)[-1]}.{verifier.__name__}"
            failures.append(failure(name, f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')}"))
    return Recomputed(road.results(), pd.DataFrame(failures, columns=list(failure("", "")), dtype="str"))


def compared(study: StudyDefinition, second: Recomputed, results: pd.DataFrame) -> Verification:
    """The results set beside what the second road found; only the publication's claims are computed here."""
    failures = second.failures
    try:
        found = pd.concat([second.found, keyed(claims(study, second.found, results))], ignore_index=True)
    except BROKEN as error:
        found = second.found
        failures = pd.concat([failures, pd.DataFrame([failure("claims", f"{type(error).__name__}: {error}")])])
    details = compare(results, found)
    if len(failures):
        details = pd.concat([details, failures], ignore_index=True)
    return Verification(summary(details), details)


def failure(name: str, reason: str) -> dict[str, str]:
    """A computation that failed, as a row of the details."""
    return {"analysis": name, "key": name, "state": FAILED, "reason": reason}
