"""Runs every check on a study's domains, and leaves out what only follows from something that was said already.

Not here: what a failure means or how severe it is (`registry`), and what becomes of problems (`analysis.issues`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from trial_report.declare.own import OwnCodeError
from trial_report.schemas.checks.causes import Told
from trial_report.schemas.checks.conform import check_columns, check_values
from trial_report.schemas.checks.origins import settled
from trial_report.schemas.checks.registry import CHECKS, OWN, Check, Finding, runnable, severity_of
from trial_report.schemas.domains.tables import Domains
from trial_report.schemas.domains.unique import among, remembered
from trial_report.schemas.problems import Problem, Problems, shown
from trial_report.schemas.study import StudyDefinition

Rows = npt.NDArray[np.bool_]
_MEND = "Mend the check at that line of the study's own code, or build without its code (--no-code)."


def check_all(
    domains: Domains,
    definition: StudyDefinition,
    only: Collection[str] | None = None,
    own: Iterable[Check] = (),
) -> Problems:
    """Every problem of the domains: columns, then values, then each registered check in its order.

    Then come those of the study's `own` code. With `only`, of the registered checks those with these ids are carried
    out; columns and values always are.

    A cell is reported by the first error it fails. What rests on a cell, line, column or file that failed is not
    judged, so that one mistake is one problem; it is judged as soon as that is mended. A check that raises is an error
    of that check (`CHECK-001`): checks fail closed.
    """
    with remembered():
        found = _check_all(domains, definition, only, own)
    domains.forget()
    return found


def _check_all(
    domains: Domains, definition: StudyDefinition, only: Collection[str] | None, own: Iterable[Check]
) -> Problems:
    runner = _Runner(domains, definition)
    for domain in domains:
        runner.attempt(CHECKS["--001"], partial(check_columns, domains, definition, domain))
    for domain in domains:
        runner.attempt(CHECKS["--005"], partial(check_values, domains, definition, domain))
    for check in (*runnable(), *own):
        wanted = only is None or check.id in only or check.id.startswith(OWN)
        if wanted and all(domains.has(*name.split("."), "USUBJID") for name in check.uses):
            runner.attempt(check, partial(_findings, check, domains, definition))
    runner.settle()
    return runner.problems


def _findings(check: Check, domains: Domains, definition: StudyDefinition) -> Iterable[tuple[Check, Finding]]:
    if check.function is None:
        return []
    return ((check, finding) for finding in check.function(domains, definition))


#: Warnings of how a value is written: where the value is an error as well, that is the one mistake.
_SURFACE = frozenset({"--007", "--014", "--015", "--048", "CT-001"})


class _Runner:
    """Collects problems and remembers which cells have failed."""

    def __init__(self, domains: Domains, definition: StudyDefinition) -> None:
        self.problems = Problems()
        self._domains = domains
        self._definition = definition
        self._surface: list[tuple[Check, Finding, Rows]] = []
        self._told: list[Told] = []
        self._rest_on_dm: dict[str, dict[str, Rows]] = {}
        self._cells = {
            (domain, variable): rows.copy()
            for domain, source in domains.sources.items()
            for variable, rows in source.refused.items()
        }

    def attempt(self, check: Check, work: Callable[[], Iterable[tuple[Check, Finding]]]) -> None:
        """Carry out a check; whatever it raises becomes an error of that check."""
        try:
            for found, finding in work():
                self._take(found, finding)
        except (MemoryError, OSError):  # the machine's doing says nothing about the data
            raise
        # The one place that catches everything: a check that fails must never be taken for one that passed.
        except Exception as error:  # noqa: BLE001
            self._failed(check.id, error)

    def _failed(self, what: str, error: Exception) -> None:
        own = isinstance(error, OwnCodeError)
        value = shown(str(error) if own else f"{type(error).__name__}: {error}", 300)
        problem = CHECKS["CHECK-001"].problem("STUDY", variable=what, value=value, expected="a check that ends")
        # Who wrote the check can mend it; of ours we want to hear.
        self.problems.add(replace(problem, remedy=_MEND) if own else problem)

    def _take(self, check: Check, finding: Finding) -> None:
        domain = finding.domain
        if finding.rows is None:
            self.problems.add(self._whole(check, finding))
            return
        rows = np.asarray(finding.rows, dtype=bool)
        if rows.any():
            follows = self._follows(domain, (finding.variable, *finding.also), rows)
            if finding.beside is not None:
                follows[finding.beside.index] |= follows[finding.beside.to_numpy()]
            rows = rows & ~follows
        if not rows.any():
            return
        if check.id in _SURFACE:
            self._surface.append((check, finding, rows))
            return
        self._report(check, finding, rows)

    def settle(self) -> None:
        """Report what is odd about the writing of cells, but for those that an error was told of since.

        Then what was told is settled: problems that have one cause become one.
        """
        for check, finding, rows in self._surface:
            failed = self._cells.get((finding.domain, finding.variable))
            self._report(check, finding, rows if failed is None else rows & ~failed)
        told = [self._with_what_rests_on_it(one) if one.domain == "DM" else one for one in self._told]
        try:
            self.problems.extend(settled(self._domains, told))
        # Nothing that was found may be lost where their causes cannot be told.
        except Exception as error:  # noqa: BLE001
            self.problems.extend(problem for one in told for problem in one.problems)
            self._failed("the causes of problems", error)

    def _with_what_rests_on_it(self, told: Told) -> Told:
        """Problems of DM, with the number of records elsewhere that are not judged because of them."""
        resting = self._rest_on_dm.get(told.variable, {})
        if not resting or told.check.severity != "error":
            return told
        counts = np.zeros(len(self._domains["DM"]), dtype=np.int64)
        for domain, rows in resting.items():
            number = self._domains.subjects(domain)[rows]
            found = np.bincount(number[number >= 0], minlength=self._domains.subjects("DM").max(initial=-1) + 1)
            counts += np.where(self._domains.subjects("DM") >= 0, found[self._domains.subjects("DM")], 0)
        more = counts[told.rows].tolist()
        problems = [replace(one, more=n) if n else one for one, n in zip(told.problems, more, strict=True)]
        return replace(told, problems=problems)

    def _report(self, check: Check, finding: Finding, rows: Rows) -> None:
        domain, places = finding.domain, np.flatnonzero(rows)
        expected = finding.expected if isinstance(finding.expected, str) else finding.expected.loc[pd.Index(places)]
        values = None if finding.found is None else finding.found.iloc[places]
        problems = self._domains.problems(
            check.id_for(domain),
            severity_of(check, self._definition, domain, finding.variable),
            domain,
            places,
            check.meaning,
            variable=finding.variable,
            values=values,
            expected=expected,
            remedy=check.remedy,
        )
        if problems:
            self._told.append(Told(check, domain, finding.variable, places, problems, self._beside(finding, places)))
        if check.severity == "error":
            old = self._cells.get((domain, finding.variable))
            self._cells[domain, finding.variable] = rows if old is None else old | rows

    def _beside(self, finding: Finding, places: npt.NDArray[np.int64]) -> tuple[tuple[str, int] | None, ...]:
        """File and line of the record beside which each row is wrong, where the check names one."""
        if finding.beside is None or finding.domain not in self._domains.sources:
            return ()
        partner = finding.beside.reindex(places)
        named = iter(self._domains.places(finding.domain, partner.dropna().to_numpy(dtype=np.int64)))
        return tuple(next(named) if there else None for there in partner.notna())

    def _whole(self, check: Check, finding: Finding) -> Problem:
        source = self._domains.sources.get(finding.domain)
        place: dict[str, object] = {"file": source.files[0], "line": 1} if source else {}
        problem = check.problem(
            finding.domain, variable=finding.variable, value=finding.value, expected=str(finding.expected), **place
        )
        severity = severity_of(check, self._definition, finding.domain, finding.variable)
        return problem if severity == problem.severity else replace(problem, severity=severity)

    def _follows(self, domain: str, variables: Iterable[str], rows: Rows) -> Rows:
        """Rows that are broken, or have failed in one of the variables; ``DM.AGE`` means the subject's row in DM.

        Of `rows`, those that are not judged because of a cell of DM are remembered, to be counted under its problem.
        """
        failed: Rows = self._domains.sources[domain].broken.copy()
        for variable in variables:
            other, _, name = variable.rpartition(".")
            if other:
                resting = self._of_subjects(other, name, domain)
                if other == "DM" and resting.any() and not resting.all():
                    known = self._rest_on_dm.setdefault(name, {})
                    known[domain] = (resting & rows) | known.get(domain, np.zeros_like(rows))
                failed |= resting
            elif (domain, name) in self._cells:
                failed |= self._cells[domain, name]
        return failed

    def _of_subjects(self, other: str, variable: str, domain: str) -> Rows:
        """Rows of the subjects that have a broken record, or a failed cell of the variable, in another domain."""
        everywhere: Rows = np.ones(len(self._domains[domain]), dtype=bool)
        if other not in self._domains:
            return ~everywhere
        broken = self._domains.sources[other].broken
        cells = broken | self._cells.get((other, variable), np.zeros(len(broken), dtype=bool))
        if not cells.any():
            return ~everywhere
        subjects: pd.Series = self._domains[other].loc[cells, "USUBJID"]
        if "DM" in self._domains and not among(subjects, self._domains["DM"]["USUBJID"]).all():
            # A record whose subject cannot be told may be anyone's.
            return everywhere
        return among(self._domains[domain]["USUBJID"], subjects).to_numpy(dtype=bool)
