"""The register of checks: id, severity, meaning and remedy of each, and the function that does it.

An id that begins with ``--`` belongs to every domain, whose name takes the place of the hyphens (``--008`` is
``AE-008`` for AE). An id is never used again for something else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from trial_report.schemas.domains.needs import is_read
from trial_report.schemas.domains.variables import observation_class
from trial_report.schemas.problems import Problem, Severity

if TYPE_CHECKING:
    from trial_report.schemas.domains.tables import Domains
    from trial_report.schemas.study import StudyDefinition

Mask = npt.NDArray[np.bool_] | pd.Series


@dataclass(frozen=True)
class Finding:
    """What a check found: rows of one domain (a mask over its frame), or with `rows` None the domain as a whole.

    `found` may be given for every row of the frame, `expected` for every row or for those of `rows`; `also` names
    variables of the same row that the finding rests on: when one of them has failed an earlier check, the finding only
    follows from that, and is dropped. Where a finding rests on a second record of the domain in the same variables,
    `beside` holds its place for each of the rows.
    """

    domain: str
    rows: Mask | None = None
    variable: str = ""
    found: pd.Series | None = None
    expected: str | pd.Series = ""
    also: tuple[str, ...] = ()
    value: str = ""
    beside: pd.Series | None = None


Function = Callable[["Domains", "StudyDefinition"], Iterable[Finding]]


@dataclass(frozen=True)
class Check:
    """A check as the documentation lists it. `uses` names what it needs, ``DM`` or ``DM.RFSTDTC`` (and USUBJID)."""

    id: str
    severity: Severity
    meaning: str
    remedy: str
    uses: tuple[str, ...] = ()
    function: Function | None = None
    acceptable: bool = True

    def problem(self, domain: str, **fields: object) -> Problem:
        """A problem of this check; `fields` are those of `Problem` that describe the place and the value."""
        found = {"message": self.meaning, "remedy": self.remedy, **fields}
        return Problem(self.id_for(domain), self.severity, domain, **found)  # type: ignore[arg-type]

    def id_for(self, domain: str) -> str:
        """The id as a problem of this domain carries it."""
        return self.id.replace("--", f"{domain}-", 1) if self.id.startswith("--") else self.id


CHECKS: dict[str, Check] = {}

#: Errors wherever they are: a name that SDTM does not have, and what identifies a person.
_ANYWHERE = frozenset({"--003", "PR-001", "PR-002"})


def severity_of(check: Check, definition: StudyDefinition, domain: str, variable: str) -> Severity:
    """The severity of a failure at its place: what no analysis reads cannot stop a report, and is a warning."""
    if check.severity == "error" and check.id not in _ANYWHERE and observation_class(domain):
        return "error" if is_read(definition, domain, variable) else "warning"
    return check.severity


def at_its_place(problem: Problem, definition: StudyDefinition) -> Problem:
    """A problem that was found before the definition was looked at, with the severity that it has at its place."""
    if not problem.variable:
        return problem
    severity = severity_of(CHECKS[generic_id(problem.check)], definition, problem.domain, problem.variable)
    return replace(problem, severity=severity)


def declare(id: str, severity: Severity, meaning: str, remedy: str, *, acceptable: bool = True) -> Check:
    """Register a check that a reader or a model carries out. ValueError for an id that is taken."""
    return _register(Check(id, severity, meaning, remedy, acceptable=acceptable))


def check(
    id: str, severity: Severity, meaning: str, remedy: str, *, uses: tuple[str, ...] = ()
) -> Callable[[Function], Function]:
    """Register a function as a check. It runs when everything in `uses` was delivered; ValueError for a taken id."""

    def register(function: Function) -> Function:
        _register(Check(id, severity, meaning, remedy, uses, function))
        return function

    return register


def _register(new: Check) -> Check:
    if new.id in CHECKS:
        raise ValueError(f"check id {new.id} is taken")
    CHECKS[new.id] = new
    return new


def generic_id(id: str) -> str:
    """The registered id of a problem's check id: ``AE-008`` → ``--008`` where the check is one of every domain."""
    if id in CHECKS:
        return id
    generic = f"--{id.rsplit('-', 1)[-1]}"
    return generic if generic in CHECKS else id


def runnable() -> Iterator[Check]:
    """The checks with a function, in the order in which they run."""
    return (found for found in CHECKS.values() if found.function is not None)
