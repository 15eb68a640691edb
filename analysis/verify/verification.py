"""Runs the second road and compares: what agrees, what does not, what could not be computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from trial_report.analysis.verify import (
    categories,
    cutoff,
    efficacy,
    escalation,
    hypotheses,
    incidence,
    missing,
    proportion,
    repeated,
    safety,
    shifts,
    subjects,
    survival,
)
from trial_report.analysis.verify.attempts import Failure, Verifier, attempt
from trial_report.analysis.verify.claims import claims
from trial_report.analysis.verify.compare import FAILED, MATCHED, NOT_COMPUTED, compare, summary
from trial_report.analysis.verify.road import Road, keyed
from trial_report.schemas.study import StudyDefinition, load_study

MODULES = (
    cutoff, subjects, safety, shifts, efficacy, hypotheses, proportion, categories, repeated, missing, escalation,
    survival, incidence,
)  # fmt: skip
VERIFIERS: tuple[Verifier, ...] = tuple(verifier for module in MODULES for verifier in module.VERIFIERS)


@dataclass(frozen=True)
class Verification:
    """`analyses`: a row an analysis with the number of rows in each state; `details`: a row a key (`compare`)."""

    analyses: pd.DataFrame
    details: pd.DataFrame

    @property
    def complete(self) -> bool:
        """Whether there are results, and every one of them was recomputed and agrees."""
        return len(self.details) > 0 and bool((self.details["state"] == MATCHED).all())

    @property
    def disagrees(self) -> bool:
        """Whether a result differs, or stands on one side only without a failure that says why."""
        return not self.details["state"].isin([MATCHED, NOT_COMPUTED, FAILED]).all()


@dataclass(frozen=True)
class Recomputed:
    """What the second road found of itself: `found` as `Road.results` gives it, and the computations that failed."""

    found: pd.DataFrame
    failures: tuple[Failure, ...]


def verify(folder: Path, results: pd.DataFrame, domains: Mapping[str, pd.DataFrame] | None = None) -> pd.DataFrame:
    """A row an analysis: how many of its results are in each state (`compare.STATES`), and how many there are.

    `folder` is the study's, `results` the results frame, `domains` the SDTM domains as read (else the files are
    read again). Raises StudyProblems when the definition cannot be read.
    """
    return verify_in_detail(folder, results, domains).analyses


def verify_in_detail(
    folder: Path, results: pd.DataFrame, domains: Mapping[str, pd.DataFrame] | None = None
) -> Verification:
    """As `verify`, with the row of every key."""
    return compared(load_study(folder), recompute(folder, domains), results)


def recompute(folder: Path, domains: Mapping[str, pd.DataFrame] | None = None, as_of: date | None = None) -> Recomputed:
    """All that the second road computes, which it does without the results of the first; of an earlier day `as_of`."""
    road = Road(folder, domains, as_of)
    for verifier in VERIFIERS:
        with road.attempt(verifier.what, *verifier.covers):
            verifier(road)
    return Recomputed(road.results(), tuple(road.failures))


def compared(study: StudyDefinition, second: Recomputed, results: pd.DataFrame) -> Verification:
    """The results set beside what the second road found; only the publication's claims are computed here."""
    found, failures = second.found, list(second.failures)
    for claim in study.publication.claims if study.publication else ():
        with attempt(failures, f"the published claim {claim.id}", (f"claims/*/{claim.id}/*",)):
            found = pd.concat([found, keyed(claims(claim, second, results))], ignore_index=True)
    details = compare(results, found, failures)
    if failures:
        rows = [
            {"analysis": one.what, "key": one.what, "state": FAILED, "reason": one.reason, "error": one.error}
            for one in failures
        ]
        details = pd.concat([details, pd.DataFrame(rows, dtype="str")], ignore_index=True)
    return Verification(summary(details), details)
