"""Runs the second road and compares: what agrees, what does not, what could not be computed.

Not here: the computing (the other modules), tolerances (`compare`), and what stands in the report (`report.assemble`).
"""

from __future__ import annotations

import atexit
import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from trial_report import declare
from trial_report.analysis.verify.attempts import Failure, attempt
from trial_report.analysis.verify.claims import claims
from trial_report.analysis.verify.compare import FAILED, MATCHED, NOT_COMPUTED, compare, summary
from trial_report.analysis.verify.road import Road, keyed
from trial_report.declare.own import NOTHING, OwnCode, run
from trial_report.schemas.study import StudyDefinition, load_study
from trial_report.schemas.study.pooled import is_told

# What is declared lives as long as the process, and with it duckdb, which at its end would tell a leak.
atexit.register(declare.HOUSE.seconds.clear)

UNDECLARED = "no second computation of it is declared"
"""Why a result of a study's own analysis is not computed twice."""


def seconds() -> list[declare.Second]:
    """The second computations of the house: those that start from the results of others come after these."""
    for info in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if not info.ispkg and info.name != Path(__file__).stem:
            importlib.import_module(f"{__package__}.{info.name}")
    return sorted(declare.HOUSE.seconds, key=lambda one: (bool(one.uses), one.place))


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


def verify(
    folder: Path, results: pd.DataFrame, domains: Mapping[str, pd.DataFrame] | None = None, own: OwnCode = NOTHING
) -> pd.DataFrame:
    """A row an analysis: how many of its results are in each state (`compare.STATES`), and how many there are.

    `folder` is the study's, `results` the results frame, `domains` the SDTM domains as read (else the files are
    read again), `own` the study's own code. Raises StudyProblems when the definition cannot be read.
    """
    return verify_in_detail(folder, results, domains, own).analyses


def verify_in_detail(
    folder: Path, results: pd.DataFrame, domains: Mapping[str, pd.DataFrame] | None = None, own: OwnCode = NOTHING
) -> Verification:
    """As `verify`, with the row of every key."""
    return compared(load_study(folder), recompute(folder, domains, own), results, own)


def recompute(
    folder: Path,
    domains: Mapping[str, pd.DataFrame] | None = None,
    own: OwnCode = NOTHING,
    as_of: date | None = None,
    blinded: bool = False,
) -> Recomputed:
    """All that the second road computes, which it does without the results of the first.

    Of an earlier day `as_of`; or `blinded`, that is of the pooled groups, and then what a blinded look tells alone.
    """
    road = Road(folder, domains, as_of, blinded)
    for one in seconds():
        with road.attempt(one.what, *one.covers):
            if _delivered(road, one):
                one.function(road)
    for one in () if blinded else own.declared.seconds:
        with road.attempt(one.what, *one.covers):
            if _delivered(road, one):
                road.take(one, run(one, road))
    found = road.results()
    return Recomputed(found[found["key"].map(is_told)] if blinded else found, tuple(road.failures))


def _delivered(road: Road, second: declare.Second) -> bool:
    return all(road.is_delivered(name) for name in second.needs)


def compared(study: StudyDefinition, second: Recomputed, results: pd.DataFrame, own: OwnCode = NOTHING) -> Verification:
    """The results set beside what the second road found; only the publication's claims are computed here.

    Results of a study's own analysis that declares no second computation are not computed.
    """
    found, failures = second.found, list(second.failures)
    for claim in study.publication.claims if study.publication else ():
        with attempt(failures, f"the published claim {claim.id}", (f"claims/*/{claim.id}/*",)):
            found = pd.concat([found, keyed(claims(claim, second, results))], ignore_index=True)
    details = compare(results, found, [*failures, *undeclared(own)])
    if failures:
        rows = [
            {"analysis": one.what, "key": one.what, "state": FAILED, "reason": one.reason, "error": one.error}
            for one in failures
        ]
        details = pd.concat([details, pd.DataFrame(rows, dtype="str")], ignore_index=True)
    return Verification(summary(details), details)


def undeclared(own: OwnCode) -> list[Failure]:
    """What is not computed twice because the study declares no second computation of it: no failure of one."""
    twice = {name.removesuffix(".*") for one in own.declared.seconds for name in one.ids}
    alone = [name for one in own.declared.analyses for name in one.ids if name not in twice]
    return [Failure(f"the analysis {name}", UNDECLARED, covers=(f"{name}/*", f"{name}.*")) for name in alone]
