"""The register of checks: id, severity, meaning and remedy of each, and the function that does it.

A check is declared where its function stands (`trial_report.declare.check`); those that a reader or a model carries
out have no function, and are declared by `carried_out`.

An id that begins with ``--`` belongs to every domain, whose name takes the place of the hyphens (``--008`` is
``AE-008`` for AE). An id is never used again for something else.

Not here: the checks, each in the module of what it looks at, and their running (`run`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from trial_report import declare
from trial_report.declare import HOUSE, Finding
from trial_report.schemas.domains.needs import is_read
from trial_report.schemas.domains.variables import observation_class
from trial_report.schemas.problems import Problem, Severity

if TYPE_CHECKING:
    from trial_report.schemas.domains.tables import Domains
    from trial_report.schemas.study import StudyDefinition

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

    @classmethod
    def of(cls, declared: declare.Check) -> Check:
        """The check that was declared."""
        function = None if declared.function is _elsewhere else declared.function
        return cls(
            declared.id, declared.severity, declared.meaning, declared.remedy, declared.uses, function,
            declared.acceptable,
        )  # fmt: skip

    def problem(self, domain: str, **fields: object) -> Problem:
        """A problem of this check; `fields` are those of `Problem` that describe the place and the value."""
        found = {"message": self.meaning, "remedy": self.remedy, **fields}
        return Problem(self.id_for(domain), self.severity, domain, **found)  # type: ignore[arg-type]

    def id_for(self, domain: str) -> str:
        """The id as a problem of this domain carries it."""
        return self.id.replace("--", f"{domain}-", 1) if self.id.startswith("--") else self.id


def _elsewhere(*_: object) -> Iterable[Finding]:
    raise NotImplementedError("a reader or a model carries out this check")


class _Checks(Mapping[str, Check]):
    """The checks of the house by id, in the order in which they were declared."""

    def __init__(self) -> None:
        self._made: dict[str, Check] = {}

    def __getitem__(self, id: str) -> Check:
        declared = HOUSE.checks[id]
        if id not in self._made:
            self._made[id] = Check.of(declared)
        return self._made[id]

    def __iter__(self) -> Iterator[str]:
        return iter(HOUSE.checks)

    def __len__(self) -> int:
        return len(HOUSE.checks)


CHECKS: Mapping[str, Check] = _Checks()

#: Errors wherever they are: a name that SDTM does not have, and what identifies a person.
_ANYWHERE = frozenset({"--003", "PR-001", "PR-002"})

OWN = "OWN-"
"""How the ids of the checks of a study's own code begin."""


def severity_of(check: Check, definition: StudyDefinition, domain: str, variable: str) -> Severity:
    """The severity of a failure at its place: what no analysis reads cannot stop a report, and is a warning."""
    if check.id.startswith(OWN):
        return check.severity  # what its analyses read is not known here
    if check.severity == "error" and check.id not in _ANYWHERE and observation_class(domain):
        return "error" if is_read(definition, domain, variable) else "warning"
    return check.severity


def at_its_place(problem: Problem, definition: StudyDefinition) -> Problem:
    """A problem that was found before the definition was looked at, with the severity that it has at its place."""
    if not problem.variable:
        return problem
    severity = severity_of(CHECKS[generic_id(problem.check)], definition, problem.domain, problem.variable)
    return replace(problem, severity=severity)


def carried_out(id: str, severity: Severity, meaning: str, remedy: str, *, acceptable: bool = True) -> Check:
    """Declare a check that a reader or a model carries out. Raises DeclarationError for an id that is taken."""
    HOUSE.add(
        declare.Check(
            function=_elsewhere, id=id, severity=severity, meaning=meaning, remedy=remedy, acceptable=acceptable
        )
    )
    return CHECKS[id]


def generic_id(id: str) -> str:
    """The registered id of a problem's check id: ``AE-008`` → ``--008`` where the check is one of every domain."""
    if id in CHECKS:
        return id
    generic = f"--{id.rsplit('-', 1)[-1]}"
    return generic if generic in CHECKS else id


def runnable() -> Iterator[Check]:
    """The checks with a function, in the order in which they run."""
    return (found for found in CHECKS.values() if found.function is not None)


__all__ = [
    "CHECKS", "OWN", "Check", "Finding", "at_its_place", "carried_out", "generic_id", "runnable", "severity_of",
]  # fmt: skip
